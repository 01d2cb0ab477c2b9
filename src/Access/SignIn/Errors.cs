using AgentConsole.Platform;

namespace AgentConsole.Access.SignIn;

/// <summary>One answer for an unknown address, a wrong password and an address that is refused for now: none of them tells which.</summary>
public sealed record SignInRefused() : Error("sign_in_refused", "That address and password do not fit. After five wrong tries an address is refused for 15 minutes, even with the right password.");

public sealed record WrongCode() : Error("wrong_code", "That code does not fit, or it was used already. Codes change every 30 seconds; a recovery code works once.");

public sealed record StepExpired() : Error("step_expired", "That took too long, or it was begun in another browser. Begin again.");

public sealed record PasskeyRefused() : Error("passkey_refused", "That passkey does not fit any member here.");

public sealed record NoRole() : Error("no_role", "You are known, but you have no role in this console. Ask whoever runs it.");

public sealed record ProviderRefused(string Provider) : Error("provider_refused", $"{Provider} did not confirm who you are. Try again.");

public sealed record AddressTaken(string Provider) : Error("address_taken", $"A member with this address exists already, and {Provider} does not vouch for the address. Sign in with the password.");

public sealed record LinkExpired() : Error("link_expired", "This link was used already, has expired or was withdrawn. Ask for a new one.");

public sealed record WeakPassword(string Reason) : Error("weak_password", Reason);

public sealed record WrongPassword() : Error("wrong_password", "The current password is not right.");

public sealed record OnlyLooking() : Error("viewing_as", "You look at the console as a tenant does, so nothing can be changed. Stop that first.");

public sealed record InvalidReason() : Error("invalid_reason", "A reason has 5 to 300 characters: what the tenant's admins read in their audit.");

public sealed record TooManyPasskeys(int Max) : Error("too_many_passkeys", $"There are {Max} passkeys already. Remove one first.");

public sealed record LastWayIn() : Error("last_way_in", "This is the only way in that this account has. Add another one first.");
