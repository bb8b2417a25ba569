//! Probing and capturing on real Video4Linux devices, those of the kernel's test driver in a virtual machine.
//!
//! This program runs twice: outside it makes the machine and judges what it tells, inside it is the agent's camera.
#![cfg(all(feature = "desktop", target_os = "linux"))]
#![expect(clippy::print_stderr, reason = "a test that cannot run says which package it lacks")]
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod inside;
mod machine;

use std::io::Write as _;
use std::process::{Command, Stdio};

use base64ct::{Base64, Encoding as _};
use machine::{Workshop, find, skip};

/// Loads the driver with other nodes beside the camera, as real cameras have them, and runs one test after the other.
const SCRIPT: &str = "
insmod /modules/vivid.ko n_devs=1
ls -1 /dev | grep -c ^video | sed 's/^/NODES /'
run inside::a_camera_is_present_though_the_driver_has_other_nodes
run inside::pictures_have_their_size_and_their_colours
run inside::one_streams_and_the_next_is_told_that_it_is_busy
chmod 0 /dev/video*
BEGIN='inside::who_may_not_open_it_is_told_so'
su nobody -c \"TANBA_TEST_INSIDE=1 /bin/app --exact $BEGIN --nocapture\" 2>&1; echo \"END $BEGIN $?\"
run inside::a_camera_that_is_pulled_out_is_gone
run inside::where_nothing_is_there_is_none
rmmod vivid
insmod /modules/vivid.ko n_devs=1 multiplanar=2
run inside::a_camera_of_several_planes_is_there_and_cannot_be_read
";

#[test]
fn the_camera_of_a_real_kernel_is_found_read_and_let_go() {
    let Some(workshop) = Workshop::open() else { return };
    let told = workshop.run(SCRIPT);
    let ended: Vec<&str> = told.lines().filter_map(|line| line.strip_prefix("END ")).collect();
    assert_eq!(ended.len(), 7, "{told}");
    for end in ended {
        assert!(end.ends_with(" 0"), "{end}\n{told}");
    }
    assert!(told.contains("OVER") && told.matches("1 passed").count() == 7, "{told}");
    let nodes = told.lines().find_map(|line| line.strip_prefix("NODES ")).unwrap();
    assert!(nodes.parse::<u32>().unwrap() > 2, "the driver has only {nodes} nodes");
    judge(&told);
}

/// Another program reads the picture that the machine sent, and says what is in it.
fn judge(told: &str) {
    if find("convert").is_none() {
        skip::<()>("apt install imagemagick");
        return;
    }
    let jpeg = told.lines().find_map(|line| line.strip_prefix("JPEG ")).unwrap();
    let jpeg = Base64::decode_vec(jpeg).unwrap();
    // The bars lie side by side: eight points in the lower part, where nothing is written over them.
    let mut convert = Command::new("convert")
        .args([
            "jpeg:-",
            "-format",
            "%m %wx%h",
            "-write",
            "info:",
            "-crop",
            "1280x8+0+640",
            "+repage",
        ])
        .args(["-scale", "8x1!", "-depth", "8", "rgb:-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = convert.stdin.take().unwrap();
    let writer = std::thread::spawn(move || input.write_all(&jpeg));
    let output = convert.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let rest = output.stdout.strip_prefix(b"JPEG 1280x720").unwrap();
    assert_eq!(rest.len(), 24);
    for (found, wanted) in rest.chunks(3).zip(inside::BARS) {
        inside::near(found, wanted, 10);
    }
}
