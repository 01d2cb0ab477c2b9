using AgentConsole.Notify;
using AgentConsole.Notify.Sending;

namespace AgentConsole.Tests.Notify;

public sealed class StandardWebhookTests
{
    /// <summary>The example of the libraries of standardwebhooks.com.</summary>
    [Fact]
    public void Signature_OfTheStandardsExample_IsTheStandards() => Assert.Equal(
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        StandardWebhook.Signature("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", """{"test": 2432232314}""", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));

    [Fact]
    public void Sign_WithTwoSecrets_CarriesBothSignatures()
    {
        using var request = new HttpRequestMessage();
        string[] secrets = [ChannelSeal.NewSecret(), ChannelSeal.NewSecret()];
        StandardWebhook.Sign(request.Headers, "msg_1", DateTimeOffset.UnixEpoch.AddSeconds(5), "{}", secrets);
        Assert.Equal("msg_1", Assert.Single(request.Headers.GetValues("webhook-id")));
        Assert.Equal("5", Assert.Single(request.Headers.GetValues("webhook-timestamp")));
        Assert.Equal(string.Join(' ', secrets.Select(static secret => StandardWebhook.Signature("msg_1", "5", "{}", secret))), Assert.Single(request.Headers.GetValues("webhook-signature")));
    }

    [Fact]
    public void Secret_New_HasThirtyTwoBytesAndIsNeverTheSame()
    {
        Assert.Equal(32, ChannelSeal.KeyOf(ChannelSeal.NewSecret()).Length);
        Assert.NotEqual(ChannelSeal.NewSecret(), ChannelSeal.NewSecret());
    }

    [Fact]
    public void Backoff_OfTwentyFourTries_GrowsToAnHourAndLastsLongerThanADayOfWork()
    {
        Assert.Equal(TimeSpan.FromSeconds(5), Backoff.After(1, 0.5));
        Assert.Equal(TimeSpan.FromSeconds(10), Backoff.After(2, 0.5));
        Assert.Equal(TimeSpan.FromHours(1), Backoff.After(20, 0.5));
        Assert.Equal((TimeSpan.FromSeconds(3.75), TimeSpan.FromSeconds(6.25)), (Backoff.After(1, 0), Backoff.After(1, 1)));
        Assert.InRange(Enumerable.Range(1, Backoff.MostTries - 1).Sum(static tries => Backoff.After(tries, 0.5).TotalHours), 12, 18);
    }
}
