using AgentConsole.Access.Members;
using AgentConsole.Platform;

namespace AgentConsole.Access.SignIn;

/// <param name="Password">Null: one is made up and printed, which only Development does.</param>
public sealed record BootstrapAdmin(string Email, string? Password)
{
    private const string ForDevelopment = "admin@example.test";

    internal static BootstrapAdmin? Read(Settings settings)
    {
        var email = settings.Text("Access:BootstrapAdmin:Email");
        var password = settings.Text("Access:BootstrapAdmin:Password");
        if (email is not null && !InviteMember.IsEmail(email)) settings.Fail("Access:BootstrapAdmin:Email", "is not an e-mail address");
        if (password is not null && (password.Length is < PasswordRules.MinLength or > PasswordRules.MaxLength || PasswordRules.IsCommon(password, email ?? "")))
            settings.Fail("Access:BootstrapAdmin:Password", $"is shorter than {PasswordRules.MinLength} characters, longer than {PasswordRules.MaxLength}, or built from what is tried first");
        if (settings.IsDevelopment) return new(email ?? ForDevelopment, password);
        if (email is null != password is null) settings.Fail($"Access:BootstrapAdmin:{(email is null ? "Email" : "Password")}", "is missing: the first operator needs both");
        return email is null ? null : new(email, password);
    }
}
