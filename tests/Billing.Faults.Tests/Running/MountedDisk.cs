using System.Diagnostics;
using System.Globalization;

namespace Billing.Faults.Tests.Running;

/// <summary>A small file system in memory that the database server sees too: it takes the right to mount, which root has.</summary>
internal sealed class MountedDisk : IDisposable
{
    private static readonly Lazy<bool> Available = new(() =>
    {
        try
        {
            new MountedDisk(owner: "root", megabytes: 1).Dispose();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    });

    public MountedDisk(string owner, int megabytes)
    {
        Path = Directory.CreateTempSubdirectory("billing-faults-disk-").FullName;
        if (!Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m,mode=700,uid={owner}", "tmpfs", Path))
        {
            Directory.Delete(Path);
            throw new InvalidOperationException("This account may not mount.");
        }
    }

    public string Path { get; }

    public int UsedMegabytes
    {
        get
        {
            var drive = new DriveInfo(Path);
            return (int)((drive.TotalSize - drive.TotalFreeSpace) >> 20) + 1;
        }
    }

    public void Resize(int megabytes) => Run("mount", "-o", string.Create(CultureInfo.InvariantCulture, $"remount,size={megabytes}m"), Path).ShouldBeTrue();

    public void Dispose()
    {
        Run("umount", Path).ShouldBeTrue();
        Directory.Delete(Path);
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    public sealed class FactAttribute : Xunit.FactAttribute
    {
        public FactAttribute() => Skip = Environment.IsPrivilegedProcess && Available.Value ? null : "needs root, to mount a small file system";
    }
}
