using System;
using System.Runtime.InteropServices;

[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Keywright.Tests")]

namespace Keywright
{
    /// <summary>A reference to an object of the native library. A call takes a copy, so it survives the end of this one.</summary>
    internal abstract unsafe class NativeHandle : SafeHandle
    {
        private protected NativeHandle(ulong handle, Host? host)
            : base(IntPtr.Zero, true)
        {
            SetHandle((IntPtr)checked((long)handle));
            Host = host;
            host?.Hold();
        }

        public override bool IsInvalid => handle == IntPtr.Zero;

        /// <summary>What calls on the object ask of the program: held until the object is let go of, also when nobody disposes of it.</summary>
        internal Host? Host { get; }

        /// <summary>A reference for one call, which lets go of it.</summary>
        internal ulong Clone()
        {
            var held = false;
            try
            {
                DangerousAddRef(ref held);
                RustCallStatus status = default;
                var copy = Copy((ulong)handle, &status);
                Rust.Check(ref status, null);
                return copy;
            }
            catch (ObjectDisposedException)
            {
                throw new ObjectDisposedException(GetType().Name.Replace("Handle", string.Empty));
            }
            finally
            {
                if (held)
                {
                    DangerousRelease();
                }
            }
        }

        /// <summary>Lets go of a reference.</summary>
        internal bool Free(ulong reference)
        {
            RustCallStatus status = default;
            Free(reference, &status);
            return status.Code == 0;
        }

        protected override bool ReleaseHandle()
        {
            Host?.Release();
            return Free((ulong)handle);
        }

        private protected abstract ulong Copy(ulong handle, RustCallStatus* status);

        private protected abstract void Free(ulong handle, RustCallStatus* status);
    }

    /// <summary>Sees to it that the native library is there and the one that belongs to this package.</summary>
    internal static class Library
    {
        private const uint Contract = 30;
        private const string Supported = "linux-x64";
        private static volatile bool isLoaded;

        /// <summary>Called by whatever can be the first to cross: errors must arrive as they are.</summary>
        internal static void Load()
        {
            if (isLoaded)
            {
                return;
            }

            try
            {
                var contract = Native.ffi_keywright_facade_uniffi_contract_version();
                if (contract != Contract)
                {
                    throw new InvalidOperationException($"keywright: the native library speaks contract {contract}, this package {Contract}; install both from one package");
                }

                Compare(Version());
                isLoaded = true;
            }
            catch (DllNotFoundException error)
            {
                throw new DllNotFoundException(Missing("was not found"), error);
            }
            catch (BadImageFormatException error)
            {
                throw new BadImageFormatException(Missing("is built for another machine"), error);
            }
            catch (EntryPointNotFoundException error)
            {
                throw new InvalidOperationException($"keywright: the native library is not the one of version {Native.Version}; install both from one package", error);
            }
        }

        /// <summary>Refuses a native library of another version.</summary>
        internal static void Compare(string version)
        {
            if (version != Native.Version)
            {
                throw new InvalidOperationException($"keywright: the native library is version {version}, this package version {Native.Version}; install both from one package");
            }
        }

        private static unsafe string Version()
        {
            RustCallStatus status = default;
            var version = Native.uniffi_keywright_facade_fn_func_build_info(&status);
            Rust.Check(ref status, null);
            return Rust.Lift(version, (ref Reader r) => r.Raw());
        }

        private static string Missing(string what) =>
            $"keywright: the native library {Native.File} {what} for {Rid()}; this package carries it for: {Supported}. "
            + "It belongs beside the program or under runtimes/<rid>/native; a program that is published for a runtime identifier gets it by itself.";

        private static string Rid()
        {
            var system = RuntimeInformation.IsOSPlatform(OSPlatform.Windows) ? "win" : RuntimeInformation.IsOSPlatform(OSPlatform.OSX) ? "osx" : "linux";
            return $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        }
    }
}
