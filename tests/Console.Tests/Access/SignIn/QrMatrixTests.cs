using System.Security.Cryptography;
using System.Text;
using AgentConsole.Access.SignIn;

namespace AgentConsole.Tests.Access.SignIn;

public sealed class QrMatrixTests
{
    /// <summary>Read back with zbar when they were pinned: versions 1, 5, 7 and 10, that is with one and several blocks, with alignment marks and with version bits.</summary>
    [Theory]
    [InlineData(5, 21, "A9CDE86891B23370")]
    [InlineData(80, 37, "0CDFB55D096EB45E")]
    [InlineData(120, 45, "F6D1D16A548D8823")]
    [InlineData(213, 57, "5DDD34E583350719")]
    public void Matrix_OfAText_IsTheOneThatAScannerRead(int length, int size, string hash)
    {
        var matrix = QrMatrix.Of(Text(length));
        var rows = Enumerable.Range(0, matrix.Size).Select(y => string.Concat(Enumerable.Range(0, matrix.Size).Select(x => matrix.IsDark(x, y) ? '#' : '.')));
        var drawn = string.Join('\n', rows);
        Assert.Equal((size, hash), (matrix.Size, Convert.ToHexString(SHA256.HashData(Encoding.ASCII.GetBytes(drawn)))[..16]));
    }

    [Fact]
    public void Text_LongerThanTheLargest_IsRefused() => Assert.Throws<InvalidOperationException>(() => QrMatrix.Of(Text(214)));

    private static string Text(int length) => string.Concat(Enumerable.Range(0, length).Select(index => (char)('a' + index * 7 % 26)));
}
