namespace AgentConsole.AlertRules.Evaluation;

/// <summary>How one subject of a rule is, from look to look: well, wrong for not long enough, firing, or firing and well for not long enough.</summary>
internal sealed record SubjectState(bool IsFiring, DateTimeOffset? WrongSince, DateTimeOffset? WellSince, bool IsTold)
{
    public static readonly SubjectState Well = new(false, null, null, false);

    public bool IsWell => this == Well;

    /// <summary>The next state, of a look at that time.</summary>
    public SubjectState Next(bool isWrong, DateTimeOffset now, RuleDefinition rule)
    {
        if (isWrong)
        {
            var since = WrongSince ?? now;
            return new(IsFiring || now - since >= TimeSpan.FromMinutes(rule.ForMinutes), since, null, IsTold);
        }
        if (!IsFiring) return Well;
        var well = WellSince ?? now;
        return now - well >= TimeSpan.FromMinutes(rule.RecoverMinutes) ? Well : new(true, null, well, IsTold);
    }
}
