using AgentConsole.Access.Members;
using AgentConsole.Platform;

namespace AgentConsole.Access.SignIn;

/// <summary>
/// Length and novelty, no composition: at least 12 characters that are not built from what every cracker tries first, nor from the member's own address. With
/// <see cref="AccessOptions.BreachRange"/> set, also not one that is known to be breached.
/// </summary>
internal sealed class PasswordRules(BreachRange breaches)
{
    public const int MinLength = 12;
    public const int MaxLength = 128;

    /// <summary>Letters, of any script, that must be left of a password when all that is common in it is taken away. Digits and signs around a common word add nothing that is not tried.</summary>
    private const int MinNovelty = 5;
    private const int MinDistinct = 5;
    private const char Taken = '\0';

    public async Task<Error?> CheckAsync(string password, string email, CancellationToken cancellationToken)
    {
        if (password.Length < MinLength) return new WeakPassword($"Choose at least {MinLength} characters. A few words that only you put together are best.");
        if (password.Length > MaxLength) return new WeakPassword($"Choose at most {MaxLength} characters.");
        if (IsCommon(password, email)) return new WeakPassword("This one is built from words, rows of keys or digits that are tried first, or from your address. Choose something else.");
        return await breaches.ContainsAsync(password, cancellationToken) ? new WeakPassword("This password is in a list of breached ones. Choose another.") : null;
    }

    internal static bool IsCommon(string password, string email)
    {
        if (password.Distinct().Count() < MinDistinct) return true;
        var (plain, left) = (Unmasked(password), password.ToCharArray());
        foreach (var word in Own(email).Concat(CommonPasswords.Words))
            for (var at = plain.IndexOf(word, StringComparison.Ordinal); at >= 0; at = plain.IndexOf(word, StringComparison.Ordinal))
            {
                plain = plain.Remove(at, word.Length).Insert(at, new string(Taken, word.Length));
                Array.Fill(left, Taken, at, word.Length);
            }
        // Of what was typed: a digit that stands for a letter is still one.
        return left.Count(char.IsLetter) < MinNovelty;
    }

    /// <summary>Lower case, and the usual digits and signs read as the letters they stand for.</summary>
    private static string Unmasked(string password) => string.Concat(password.ToLowerInvariant().Select(static character => character switch
    {
        '0' => 'o',
        '1' or '!' => 'i',
        '3' => 'e',
        '4' or '@' => 'a',
        '5' or '$' => 's',
        '7' => 't',
        _ => character,
    }));

    private static IEnumerable<string> Own(string email) =>
        email.ToLowerInvariant().Split(['@', '.', '-', '_', '+'], StringSplitOptions.RemoveEmptyEntries).Select(Unmasked).Where(static part => part.Length > 2).OrderByDescending(static part => part.Length);
}
