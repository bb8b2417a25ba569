//! A computer with a camera: Debian's kernel in a virtual machine, with the kernel's own test driver `vivid`.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// The programs that it takes, and the packages in which Debian has them.
const TOOLS: &[(&str, &str)] = &[
    ("qemu-system-x86_64", "qemu-system-x86"),
    ("busybox", "busybox-static"),
    ("cpio", "cpio"),
    ("apt-get", "apt"),
    ("dpkg-deb", "dpkg"),
    ("strip", "binutils"),
    ("xz", "xz-utils"),
];

/// How long the machine may run. Its processor is played by a program, on a computer that may have other things to do.
const LIMIT: Duration = Duration::from_secs(300);

/// How often the kernel's package is fetched.
const TRIES: u64 = 4;

/// Folders and names of the kernel's modules that `vivid` may want, wherever this version keeps them.
const MODULES: &[&str] = &["/media/", "/fonts/", "/fbdev/", "/video/", "/lib/"];
const NAMES: &[&str] = &[
    "mc",
    "videodev",
    "v4l2-",
    "videobuf2-",
    "cec",
    "rc-core",
    "vivid",
    "font",
    "sysfillrect",
    "syscopyarea",
    "sysimgblt",
    "fb_sys_fops",
    "fb_io_fops",
    "fb_sysmem",
];

/// Where a machine can be made.
pub(crate) struct Workshop {
    folder: PathBuf,
}

impl Workshop {
    /// `None`, with a reason on the error output, if something is missing that need not be there.
    pub(crate) fn open() -> Option<Self> {
        let missing: Vec<_> = TOOLS
            .iter()
            .filter(|(name, _)| find(name).is_none())
            .map(|(_, package)| *package)
            .collect();
        if cfg!(not(target_arch = "x86_64")) {
            return skip("the machine has an x86-64 processor");
        }
        if !missing.is_empty() {
            return skip(&format!("apt install {}", missing.join(" ")));
        }
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("camera-machine");
        fs::create_dir_all(&folder).unwrap();
        let workshop = Self { folder };
        if workshop.kernel().is_none() && !workshop.fetched() {
            return skip("apt-get update; the package of a kernel cannot be downloaded");
        }
        Some(workshop)
    }

    fn unpacked(&self) -> PathBuf {
        self.folder.join("kernel")
    }

    /// The kernel, and the folder of its modules.
    fn kernel(&self) -> Option<(PathBuf, PathBuf)> {
        let only = |folder: PathBuf, start: &str| {
            let entries = fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path());
            let starts = |path: &PathBuf| {
                path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(start))
            };
            entries.into_iter().find(starts)
        };
        let kernel = only(self.unpacked().join("boot"), "vmlinuz-")?;
        let modules = ["lib/modules", "usr/lib/modules"];
        let modules = modules.iter().find_map(|at| only(self.unpacked().join(at), ""))?;
        Some((kernel, modules))
    }

    /// Fetches the package, again where that fails: mirrors fail now and then, and a fresh machine knows of no packages.
    fn fetched(&self) -> bool {
        (1..=TRIES).any(|attempt| {
            if attempt > 1 {
                thread::sleep(Duration::from_secs(5 * attempt));
                // Whoever may not do this has what the machine's owner fetched.
                let _ = Command::new("apt-get").args(["update", "--quiet"]).status();
            }
            self.fetch()
        })
    }

    /// Downloads the package, and unpacks it under another name first: what is there is whole.
    fn fetch(&self) -> bool {
        let told = Command::new("apt-cache").args(["depends", "linux-image-amd64"]).output();
        let told =
            told.map(|told| String::from_utf8_lossy(&told.stdout).into_owned()).unwrap_or_default();
        let depends = |line: &str| Some(line.trim().strip_prefix("Depends: ")?.to_owned());
        let Some(package) = told.lines().find_map(depends) else { return false };
        let part = tempfile::tempdir_in(&self.folder).unwrap();
        let download = Command::new("apt-get")
            .args(["download", "--quiet", &package])
            .current_dir(part.path())
            .status();
        if !download.is_ok_and(|status| status.success()) {
            return false;
        }
        let deb = fs::read_dir(part.path()).unwrap().flatten().next().unwrap().path();
        let unpacked = part.path().join("unpacked");
        let status = Command::new("dpkg-deb").arg("-x").args([&deb, &unpacked]).status();
        assert!(status.is_ok_and(|status| status.success()), "the package cannot be unpacked");
        fs::rename(unpacked, self.unpacked()).is_ok() || self.kernel().is_some()
    }

    /// Boots, runs `script` by busybox's shell as the first program, with this test as `/bin/app`, and returns what was
    /// written to the serial line.
    pub(crate) fn run(&self, script: &str) -> String {
        let (kernel, modules) = self.kernel().unwrap();
        let work = tempfile::tempdir_in(&self.folder).unwrap();
        let root = work.path().join("root");
        for folder in ["bin", "proc", "sys", "dev", "etc", "modules", "tmp"] {
            fs::create_dir_all(root.join(folder)).unwrap();
        }
        fs::copy(find("busybox").unwrap(), root.join("bin/busybox")).unwrap();
        copy_program(&std::env::current_exe().unwrap(), &root);
        copy_modules(&modules, &root.join("modules"));
        fs::write(
            root.join("etc/passwd"),
            "root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n",
        )
        .unwrap();
        let init = root.join("init");
        fs::write(&init, format!("{BEGIN}{script}\n{END}")).unwrap();
        fs::set_permissions(&init, fs::Permissions::from_mode(0o755)).unwrap();
        let image = work.path().join("image");
        let pack = "find . | cpio --quiet -o -H newc > \"$0\"";
        let status = Command::new("sh").args(["-c", pack]).arg(&image).current_dir(&root).status();
        assert!(status.unwrap().success());
        boot(&kernel, &image, &work.path().join("serial"))
    }
}

/// Modules are tried again and again: each pass loads those whose wants are there.
const BEGIN: &str = "#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
cd /modules
for pass in 1 2 3 4 5 6 7; do
  for module in *.ko; do case $module in vivid.ko) ;; *) insmod $module 2>/dev/null;; esac; done
done
cd /
run() { echo \"BEGIN $*\"; TANBA_TEST_INSIDE=1 /bin/app --exact \"$@\" --nocapture 2>&1; echo \"END $1 $?\"; }
";
const END: &str = "echo OVER\npoweroff -f\n";

fn boot(kernel: &Path, image: &Path, serial: &Path) -> String {
    // Not the hardware's help: it is not there in a virtual machine of somebody else's, or hangs.
    let mut machine = Command::new("qemu-system-x86_64")
        .args(["-machine", "q35,accel=tcg", "-cpu", "max", "-m", "1024", "-smp", "2"])
        .args(["-append", "console=ttyS0 quiet panic=-1", "-display", "none", "-monitor", "none"])
        .args(["-nic", "none", "-no-reboot"])
        .args([OsStr::new("-kernel"), kernel.as_os_str(), OsStr::new("-initrd"), image.as_os_str()])
        .arg("-serial")
        .arg(format!("file:{}", serial.display()))
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    let ended = wait(&mut machine);
    let _ = machine.kill();
    let _ = machine.wait();
    let told = String::from_utf8_lossy(&fs::read(serial).unwrap_or_default()).replace('\r', "");
    assert!(ended, "the machine did not come to its end:\n{told}");
    told
}

fn wait(machine: &mut Child) -> bool {
    let start = Instant::now();
    while start.elapsed() < LIMIT {
        if machine.try_wait().unwrap().is_some() {
            return true;
        }
        thread::sleep(Duration::from_millis(50));
    }
    false
}

/// The program without what debuggers need, and the libraries that it names.
fn copy_program(program: &Path, root: &Path) {
    let app = root.join("bin/app");
    let status = Command::new("strip").arg("-o").args([&app, program]).status();
    assert!(status.unwrap().success());
    let told = Command::new("ldd").arg(program).output().unwrap().stdout;
    for library in
        String::from_utf8_lossy(&told).split_whitespace().filter(|word| word.starts_with('/'))
    {
        let at = root.join(library.trim_start_matches('/'));
        fs::create_dir_all(at.parent().unwrap()).unwrap();
        fs::copy(library, at).unwrap();
    }
}

fn copy_modules(from: &Path, to: &Path) {
    let told =
        Command::new("find").arg(from).args(["-name", "*.ko", "-o", "-name", "*.ko.xz"]).output();
    let told = String::from_utf8(told.unwrap().stdout).unwrap();
    for path in told.lines() {
        let name = path.rsplit('/').next().unwrap();
        let wanted = MODULES.iter().any(|part| path.contains(part))
            && NAMES.iter().any(|start| {
                let rest = name.strip_prefix(start);
                rest.is_some_and(|rest| start.ends_with('-') || rest.starts_with('.'))
            });
        if wanted {
            fs::copy(path, to.join(name)).unwrap();
        }
    }
    let packed = "for module in *.ko.xz; do [ ! -e $module ] || xz -d $module; done";
    assert!(Command::new("sh").args(["-c", packed]).current_dir(to).status().unwrap().success());
    assert!(to.join("vivid.ko").exists(), "this kernel comes without its test camera");
}

/// Says what is missing, which is an error where nothing may be.
pub(crate) fn skip<T>(what: &str) -> Option<T> {
    assert!(std::env::var_os("TANBA_REQUIRE_ALL").is_none(), "missing: {what}");
    eprintln!("SKIPPED: {what}");
    None
}

pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}
