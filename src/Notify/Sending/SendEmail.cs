using System.Net;
using System.Net.Mail;
using System.Net.Sockets;
using System.Text;

namespace AgentConsole.Notify.Sending;

/// <summary>Sends e-mails through the mail server of the configuration, which no tenant chooses.</summary>
internal sealed class SendEmail(NotifyOptions options)
{
    public async Task<Outcome> ExecuteAsync(Sealed delivery, string addresses, CancellationToken cancellationToken)
    {
        if (options.SmtpHost is not { } host) return new(null, "E-mail is not set up here any more (Notify__Smtp__Host).");
        using var client = new SmtpClient(host, options.SmtpPort) { EnableSsl = options.SmtpTls };
        if (options.SmtpUser is { } user) client.Credentials = new NetworkCredential(user, options.SmtpPassword);
        using var mail = Write(delivery, addresses);
        try
        {
            await client.SendMailAsync(mail, cancellationToken);
            return new((int)SmtpStatusCode.Ok, null);
        }
        catch (SmtpException error) when (error.StatusCode != SmtpStatusCode.GeneralFailure)
        {
            return new((int)error.StatusCode, $"The mail server answered {(int)error.StatusCode}.");
        }
        catch (Exception error) when (error is SmtpException or IOException or SocketException)
        {
            return new(null, "The mail server could not be reached, or speaks no TLS.");
        }
    }

    private MailMessage Write(Sealed delivery, string addresses)
    {
        var message = delivery.Message;
        var body = new StringBuilder(message.Text).AppendLine().AppendLine();
        foreach (var fact in message.Facts) body.Append(fact.Name).Append(": ").AppendLine(fact.Value);
        body.AppendLine().AppendLine(new Uri(options.ConsoleAddress, message.Link).AbsoluteUri);
        var mail = new MailMessage { From = new(options.SmtpFrom), Subject = OneLine(message.Title), Body = body.ToString(), BodyEncoding = Encoding.UTF8, SubjectEncoding = Encoding.UTF8 };
        foreach (var address in addresses.Split(',')) mail.To.Add(address);
        // The same at every attempt, so that a mailbox may keep one of two.
        mail.Headers.Add("Message-ID", $"<{delivery.WebhookId}@{new MailAddress(options.SmtpFrom).Host}>");
        return mail;
    }

    private static string OneLine(string text) => string.Concat(text.Select(static character => char.IsControl(character) ? ' ' : character));
}
