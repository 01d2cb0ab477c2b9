using AgentConsole.Access.Keys;

namespace AgentConsole.Tests.Access.Keys;

public sealed class KeySecretTests
{
    [Fact]
    public void New_HasItsShape_AndIsNeverTheSame()
    {
        var secrets = Enumerable.Range(0, 1000).Select(_ => KeySecret.New()).ToList();
        Assert.All(secrets, secret => Assert.Matches("^ac_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}$", secret.Text));
        Assert.All(secrets, secret => Assert.Equal(secret.Id, KeySecret.IdOf(secret.Text)));
        Assert.Equal(1000, secrets.Select(secret => secret.Id).Distinct().Count());
        Assert.Equal(1000, secrets.Select(secret => secret.Text[16..48]).Distinct().Count());
        // 32 of 62 letters: 190 bits.
        Assert.True(32 * Math.Log2(62) >= 178);
    }

    [Fact]
    public void Text_MistypedAnywhere_IsNone()
    {
        var text = KeySecret.New().Text;
        for (var index = 0; index < text.Length; index++)
            Assert.Null(KeySecret.IdOf(text.Remove(index, 1).Insert(index, text[index] == 'a' ? "b" : "a")));
        foreach (var other in new[] { "", "ac_", text + "a", text[1..], text.ToUpperInvariant(), new string('a', 54), "ac_" + new string('é', 51) }) Assert.Null(KeySecret.IdOf(other));
    }

    [Fact]
    public void Secret_Written_IsOnlyItsPrefix()
    {
        var secret = KeySecret.New();
        Assert.Equal($"ac_{secret.Id}", $"{secret}");
        Assert.DoesNotMatch("[0-9A-Za-z]{20}", $"{secret}");
    }
}
