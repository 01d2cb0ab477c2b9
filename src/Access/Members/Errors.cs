using AgentConsole.Platform;

namespace AgentConsole.Access.Members;

public sealed record UnknownMember() : Error("unknown_member", "There is no such member.");

public sealed record UnknownInvitation() : Error("unknown_invitation", "There is no such invitation: it was taken, withdrawn, or has expired.");

public sealed record UnknownSession() : Error("unknown_session", "This session has ended already.");

public sealed record InvalidEmail(string Email) : Error("invalid_email", $"\"{Email}\" is not an e-mail address.");

public sealed record InvalidName() : Error("invalid_name", "A name has 1 to 200 characters.");

public sealed record NoSuchTenant(string Tenant) : Error("unknown_tenant", $"There is no tenant \"{Tenant}\".");

public sealed record AlreadyMember(string Email) : Error("already_member", $"{Email} has a role here already. Change that one.");

public sealed record LastOperator() : Error("last_operator", "This is the last operator. Make someone else an operator first.");

public sealed record GivenByProvider(string Provider) : Error("given_by_provider", $"This role comes from {Provider}'s groups and would come back at the next sign-in. Change it there.");

public sealed record TooManyInvitations(int Max) : Error("too_many_invitations", $"There are {Max} open invitations already. Withdraw some first.");

public sealed record OtherMember(string Email) : Error("other_member", $"This invitation is for {Email}. Sign in as that member to take it.");
