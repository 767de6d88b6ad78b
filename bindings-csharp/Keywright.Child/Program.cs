using System;
using System.Linq;
using System.Threading;

namespace Keywright.Child
{
    internal static class Program
    {
        private static int Main(string[] arguments)
        {
            switch (arguments.FirstOrDefault())
            {
                case "leave":
                    return Leave(int.Parse(arguments[1]));
                case "load":
                    return Load();
                default:
                    Console.Error.WriteLine("leave N | load");
                    return 1;
            }
        }

        /// <summary>Ends while so many calls are on their way, and a listener hears of them.</summary>
        private static int Leave(int calls)
        {
            var sandbox = Sandbox.Start();
            sandbox.Clock().Hold();
            sandbox.Fault("{\"match\":{\"service\":\"seclai\"},\"phase\":\"before_handler\",\"times\":100000,\"action\":{\"kind\":\"delay\",\"by\":\"PT10S\"}}");
            var options = sandbox.Seclai();
            var heard = 0;
            options.OnEvent = happened => Interlocked.Increment(ref heard);
            var client = new SeclaiClient(options);
            var running = Enumerable.Range(0, calls).Select(_ => client.Agents.ListAsync()).ToList();
            while (sandbox.Journal().Count == 0)
            {
                Thread.Yield();
            }

            Console.WriteLine($"leaves with {running.Count(call => !call.IsCompleted)} calls in flight");
            return 0;
        }

        private static int Load()
        {
            try
            {
                using (new SeclaiClient("sk-0123456789"))
                {
                    Console.WriteLine("loaded");
                    return 0;
                }
            }
            catch (DllNotFoundException error)
            {
                Console.WriteLine(error.Message);
                return 3;
            }
        }
    }
}
