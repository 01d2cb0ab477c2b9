namespace AgentConsole.Tests;
public sealed class Smoke : Bunit.BunitContext { [Fact] public void Works() { var c = Render(b => b.AddMarkupContent(0, "<p>x</p>")); Bunit.MarkupMatchesAssertExtensions.MarkupMatches(c, "<p>x</p>"); } }
