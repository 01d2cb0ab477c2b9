namespace AgentConsole.Access.SignIn;

/// <summary>
/// What the lists of breached passwords are made of: those lists hold few entries of 12 characters, and nearly all of these are such pieces doubled, joined or decorated.
/// Digits and signs are read as letters before comparing, so a piece is written in letters: <c>iloveyou</c> also stands for <c>1l0v3y0u</c>.
/// </summary>
internal static class CommonPasswords
{
    /// <summary>Longest first, so that a short piece does not break a long one.</summary>
    public static readonly string[] Words =
    [
        .. (
            // The product and what is around it.
            "agentconsole agent console llm gateway operator platform tenant company corporate office server database production staging internal cloud system service " +
            // The heads of every list.
            "password passwort passwd passphrase passcode contrasena motdepasse senha parola wachtwoord pass word letmein welcome willkommen bienvenue iloveyou ilove loveyou love you " +
            "changeme change changethis default temp temporary secret secure security login logon signin access admin administrator root superuser user guest test tester testing demo " +
            "example sample master manager owner boss sunshine princess monkey dragon football baseball basketball soccer hockey superman batman spiderman starwars pokemon naruto " +
            "michael jordan jennifer jessica ashley daniel charlie thomas robert andrew matthew joshua anthony george harley ranger hunter killer shadow ninja mustang ferrari porsche " +
            "mercedes corvette yankees arsenal chelsea liverpool barcelona juventus manchester cookie cheese coffee chocolate banana orange apple summer winter spring autumn fall " +
            "monday tuesday wednesday thursday friday saturday sunday january february march april june july august september october november december " +
            "qwertyuiop qwertyui qwerty qwertz azerty asdfghjkl asdfgh asdf zxcvbnm zxcvbn zxcv qazwsxedc qazwsx qaz wsx poiuytrewq lkjhgfdsa mnbvcxz " +
            "abcdefghijkl abcdefgh abcdef abcd abc aaa zzz xxx freedom whatever trustno trust nothing computer internet samsung google facebook microsoft windows linux apple iphone android " +
            "hello hallo hola bonjour ciao goodbye please thankyou thanks blessed jesus christ angel heaven lovely sweet honey baby darling flower butterfly purple yellow silver golden black " +
            "white green blue happy lucky magic money dollar million gamer gaming minecraft fortnite roblox player winner loser fuckyou fuck shit bitch asshole pussy sexy " +
            "correcthorsebatterystaple correcthorse batterystaple tobeornottobe openSesame")
            .ToLowerInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct().OrderByDescending(static word => word.Length),
    ];
}
