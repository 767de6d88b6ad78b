using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Keywright.Bench;

/// <summary>Answers every request with the same list of ten agents: as little of a server as there can be.</summary>
internal static class Server
{
    internal static async Task Run()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start(512);
        Console.WriteLine(((IPEndPoint)listener.LocalEndpoint).Port);
        var answer = Answer();
        while (true)
        {
            _ = Serve(await listener.AcceptTcpClientAsync(), answer);
        }
    }

    private static byte[] Answer()
    {
        var agents = Enumerable.Range(0, 10).Select(n => JsonSerializer.Serialize(new
        {
            id = $"agent_{n:D26}",
            name = $"Agent number {n}",
            status = "active",
            description = new string('x', 60),
            created_at = "2026-03-23T10:00:00Z",
            updated_at = "2026-03-23T10:00:00Z",
        }));
        var pagination = new { page = 1, limit = 20, total = 10, pages = 1, has_next = false, has_prev = false };
        var body = "{\"data\":[" + string.Join(",", agents) + "],\"pagination\":" + JsonSerializer.Serialize(pagination) + "}";
        return Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
    }

    private static async Task Serve(TcpClient client, byte[] answer)
    {
        using (client)
        {
            client.NoDelay = true;
            var stream = client.GetStream();
            var read = new byte[8192];
            var have = 0;
            int count;
            while ((count = await stream.ReadAsync(read.AsMemory(have))) > 0)
            {
                have += count;
                if (read.AsSpan(0, have).EndsWith("\r\n\r\n"u8))
                {
                    have = 0;
                    await stream.WriteAsync(answer);
                }
            }
        }
    }
}
