// `kproof analyze` as a user runs it.
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "testkit/schema.hpp"
#include "util/files.hpp"
#include "util/subprocess.hpp"

using namespace kproof;

static util::CommandResult kproof_analyze(std::vector<std::string> args) {
  args.insert(args.begin(), {KPROOF_PROGRAM, "analyze"});
  return util::run({.argv = args});
}

static std::string golden(const std::string& name) {
  return std::string(KPROOF_GOLDEN) + "/" + name;
}

TEST_CASE("a log with a finding exits 1 and shows title, place and lines") {
  const util::CommandResult result = kproof_analyze({golden("boot-6.1-bad-pud.log")});
  CHECK(result.exit_code == 1);
  CHECK(result.out.find("bad pud\n") == 0);
  CHECK(result.out.find("boot-6.1-bad-pud.log:") != std::string::npos);
  CHECK(result.out.find("(84000001400008e7)") != std::string::npos);
  CHECK(result.out.find('\x1b') == std::string::npos);
}

TEST_CASE("a clean log exits 0 and says how much was read") {
  const util::CommandResult result = kproof_analyze({golden("false-friends.log")});
  CHECK(result.exit_code == 0);
  CHECK(result.out.find("no findings in") != std::string::npos);
}

TEST_CASE("what cannot be a log is refused, and never clean") {
  const util::ScratchDir scratch("kproof-cli-");
  const std::string file = scratch.path() / "log.gz";
  util::write_file_atomically(file, "\x1f\x8b\x08 and so on");
  const util::CommandResult packed = kproof_analyze({file});
  CHECK(packed.exit_code == 2);
  CHECK(packed.err.find("log.gz is gzip and no log\n  hint: zcat ") != std::string::npos);
  const util::CommandResult program = kproof_analyze({KPROOF_PROGRAM});
  CHECK(program.exit_code == 2);
  CHECK(program.err.find("is an ELF file and no log") != std::string::npos);
}

TEST_CASE("json holds every key that reports are made of") {
  const util::CommandResult result = kproof_analyze({golden("kernel-bug.log"), "--format", "json"});
  CHECK(result.exit_code == 1);
  const nlohmann::json document = nlohmann::json::parse(result.out);
  CHECK(testkit::schema_errors(result.out,
                               KPROOF_SOURCE "/orchestrator/report/results.schema.json") == "");
  REQUIRE(document["findings"].size() == 1);
  const nlohmann::json& finding = document["findings"][0];
  CHECK(finding["title"] == "kernel BUG in __split_huge_pud");
  CHECK(finding["panicked"] == true);
  for (const char* key :
       {"alt_titles", "type", "frame", "start_line", "end_line", "corrupted", "corrupted_reason",
        "count", "excerpt", "culprit", "fingerprint", "known"})
    CHECK(finding.contains(key));
}

// A file of known issues with these titles, until a day.
static std::string known_file(const util::ScratchDir& scratch, const std::string& until,
                              const std::vector<std::string>& titles = {"^bad pud$"}) {
  const std::string file = scratch.path() / "known.yaml";
  std::string text = "schema: 1\nissues:\n";
  for (const std::string& title : titles)
    text += "  - title: " + title +
            "\n    link: https://x\n    reason: leaf PUDs\n    until: " + until + "\n";
  util::write_file_atomically(file, text);
  return file;
}

TEST_CASE("a known finding is shown and exits 0; an expired entry is told and exits 1") {
  const util::ScratchDir scratch("kproof-cli-");
  const auto analyze = [&](const std::string& until) {
    return kproof_analyze({golden("boot-6.1-bad-pud.log"), "--known", known_file(scratch, until)});
  };
  const util::CommandResult known = analyze("2999-12-31");
  CHECK(known.exit_code == 0);
  CHECK(known.out.find("  known: leaf PUDs (https://x, until 2999-12-31)") != std::string::npos);
  const util::CommandResult expired = analyze("2020-01-01");
  CHECK(expired.exit_code == 1);
  CHECK(expired.out.find("known.yaml:3:5: this known issue expired on 2020-01-01") !=
        std::string::npos);
  CHECK(kproof_analyze({"-", "--known", "/nonexistent"}).exit_code == 2);
}

TEST_CASE("what is mostly no text is refused: noise, UTF-16, a journal") {
  const util::ScratchDir scratch("kproof-cli-");
  const std::string file = scratch.path() / "log";
  const auto refusal = [&](const std::string& content) {
    util::write_file_atomically(file, content);
    const util::CommandResult result = kproof_analyze({file});
    CHECK(result.exit_code == 2);
    return result.err;
  };
  using namespace std::string_literals;
  CHECK(refusal("\xff\xfe[\0 \0"s).find("iconv -f UTF-16") != std::string::npos);
  std::string big, little;  // without a mark
  for (const char c : "[    1.000000] BUG: unable to handle page fault for address: 0"s) {
    big += {'\0', c};
    little += {c, '\0'};
  }
  CHECK(refusal(big).find("iconv -f UTF-16BE") != std::string::npos);
  CHECK(refusal(little).find("iconv -f UTF-16LE") != std::string::npos);
  CHECK(refusal("LPKSHHRH\0\0"s).find("hint: journalctl -k --file ") != std::string::npos);
  CHECK(refusal("BZh91AY&SY").find("hint: bzcat ") != std::string::npos);
  CHECK(refusal(std::string(4096, '\x81') + "BUG: x\n").find("is mostly no text") !=
        std::string::npos);
  CHECK(refusal(std::string(4096, '\0')).find("is mostly no text") != std::string::npos);
  util::write_file_atomically(file, std::string(4096, '\0') +
                                        "[    1.0] Linux version 6.1.0 (a) #1\n" +
                                        "[    2.0] an ordinary line\n");
  CHECK(kproof_analyze({file}).exit_code == 0);
}

TEST_CASE("--vmlinux wants a kernel, and the one that printed the log") {
  const util::ScratchDir scratch("kproof-cli-");
  const util::CommandResult program =
      kproof_analyze({golden("kernel-bug.log"), "--vmlinux", KPROOF_PROGRAM});
  CHECK(program.exit_code == 2);
  CHECK(program.err.find("is an ELF file and no kernel") != std::string::npos);
  const auto vmlinux = [&](const std::string& banner) {
    const std::string source = scratch.path() / "kernel.c", file = scratch.path() / "vmlinux";
    util::write_file_atomically(
        source, "void _stext(void) {}\nconst char linux_banner[] = \"" + banner + "\\n\";\n");
    util::run_checked({.argv = {"cc", "-nostdlib", "-static", "-Wl,-e,_stext", "-Wl,--build-id",
                                "-o", file, source}});
    return kproof_analyze({golden("kernel-bug.log"), "--vmlinux", file});
  };
  const util::CommandResult other = vmlinux("Linux version 6.12.0 (a@b) (gcc) #1 SMP");
  CHECK(other.exit_code == 2);
  CHECK(other.err.find("kernel-bug.log was printed by Linux 6.1.0-56-amd64, and ") !=
        std::string::npos);
  CHECK(other.err.find("/vmlinux is 6.12.0: the functions and lines that it names would be lies") !=
        std::string::npos);
  const util::CommandResult rebuilt = vmlinux("Linux version 6.1.0-56-amd64 (a@b) (gcc) #2 SMP");
  CHECK(rebuilt.err.find("by Linux 6.1.0-56-amd64 #1, and ") != std::string::npos);
  CHECK(vmlinux("Linux version 6.1.0-56-amd64 (a@b) (gcc) #1 SMP").exit_code == 1);
}

TEST_CASE("--vmlinux wants an ELF file, and --modules wants --vmlinux") {
  CHECK(kproof_analyze({"-", "--vmlinux", "/etc/passwd"}).exit_code == 2);
  CHECK(kproof_analyze({"-", "--modules", "/tmp"}).exit_code == 2);
}

TEST_CASE("a lockup's report says who holds it up") {
  const util::CommandResult result = kproof_analyze({golden("culprit-soft-lockup-kvm-zap.log")});
  CHECK(result.out.find("  held up by pte_list_remove: CPU 0 waits in smp_call_function_many_cond; "
                        "CPU 1 runs pte_list_remove") != std::string::npos);
}

TEST_CASE("bytes that are no UTF-8 still make JSON, and control bytes never reach the terminal") {
  const util::ScratchDir scratch("kproof-cli-");
  const std::string log = scratch.path() / "log";
  util::write_file_atomically(log, "[    1.000000] BUG: Bad page map in process \xff\a  pte:1\n");
  CHECK(nlohmann::json::accept(kproof_analyze({log, "--format", "json"}).out));
  CHECK(kproof_analyze({log}).out.find('\a') == std::string::npos);
  util::write_file_atomically(log,
                              "[    1.000000] BUG: Bad page map in process \xc2\x9b"
                              "2J  pte:1\n");
  CHECK(kproof_analyze({log}).out.find("\xc2\x9b") == std::string::npos);
}

TEST_CASE("standard input is read where the file is -") {
  const util::CommandResult result =
      util::run({.argv = {"sh", "-c", "cat \"$1\" | \"$0\" analyze -", KPROOF_PROGRAM,
                          golden("kernel-bug.log")}});
  CHECK(result.exit_code == 1);
  CHECK(result.out.find("(stdin): 1 finding in 25 lines") != std::string::npos);
}

TEST_CASE("an empty log is refused: nothing was found because nothing was read") {
  const util::CommandResult result = kproof_analyze({"-"});  // /dev/null
  CHECK(result.exit_code == 2);
  CHECK(result.err.find("standard input is empty") != std::string::npos);
}

TEST_CASE("output that cannot be written is a fault of the host, and never success") {
  for (const char* command : {"analyze", "--help"}) {
    const util::CommandResult result =
        util::run({.argv = {"sh", "-c", "\"$0\" $1 \"$2\" >/dev/full", KPROOF_PROGRAM, command,
                            golden("kernel-bug.log")}});
    CHECK(result.exit_code == 69);
    CHECK(result.err.find("cannot write to standard output: No space left on device") !=
          std::string::npos);
  }
}

TEST_CASE("wrong usage exits 2 and says what is wrong") {
  const util::CommandResult missing = kproof_analyze({"/nonexistent/log"});
  CHECK(missing.exit_code == 2);
  CHECK(missing.err.find("kproof: error: cannot open /nonexistent/log") == 0);
  CHECK(missing.err.find("  hint: ") != std::string::npos);
  CHECK(kproof_analyze({"/"}).exit_code == 2);
  CHECK(kproof_analyze({}).exit_code == 2);
  CHECK(kproof_analyze({"-", "--format", "xml"}).exit_code == 2);
  CHECK(kproof_analyze({"-", "--bogus"}).exit_code == 2);
  CHECK(util::run({.argv = {KPROOF_PROGRAM}}).exit_code == 2);
}

TEST_CASE("help and version exit 0") {
  CHECK(kproof_analyze({"--help"}).exit_code == 0);
  CHECK(util::run({.argv = {KPROOF_PROGRAM, "--help"}}).exit_code == 0);
  CHECK(util::run({.argv = {KPROOF_PROGRAM, "--version"}}).out.find("kproof ") == 0);
}

static util::CommandResult analyze_text(const std::string& text,
                                        std::vector<std::string> args = {}) {
  const util::ScratchDir scratch("kproof-cli-");
  util::write_file_atomically(scratch.path() / "log", text);
  args.insert(args.begin(), scratch.path() / "log");
  return kproof_analyze(args);
}

TEST_CASE("a panic behind a known warning is not known: exit 1, and no panic is ever 0") {
  const util::ScratchDir scratch("kproof-cli-");
  const std::string known =
      known_file(scratch, "2999-12-31", {"^WARNING in zork_frob$", "^kernel panic"});
  const std::string warning =
      "[   10.000001] WARNING: CPU: 3 PID: 77 at drivers/zork/core.c:12 zork_frob+0x42/0x50\n"
      "[   10.000001] RIP: 0010:zork_frob+0x42/0x50\n[   10.000001] Call Trace:\n"
      "[   10.000001]  zork_ioctl+0x9b/0x230\n[   10.000001] ---[ end trace 0000000000000000 "
      "]---\n";
  CHECK(analyze_text(warning, {"--known", known}).exit_code == 0);
  const util::CommandResult both =
      analyze_text(warning + "[ 3680.000000] Kernel panic - not syncing: VFS: Unable to mount\n",
                   {"--known", known});
  CHECK(both.exit_code == 1);
  CHECK(both.out.find("kernel panic: VFS: Unable to mount") != std::string::npos);
}

TEST_CASE(
    "a death whose words another row knows, or of which only a part is there, is not exit 0") {
  const util::ScratchDir scratch("kproof-cli-");
  const std::string known =
      known_file(scratch, "2999-12-31", {"^BUG. soft lockup in spin$", "hard LOCKUP"});
  const std::string lockup =
      "[   10.000001] watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [t:77]\n"
      "[   10.000001] RIP: 0010:spin+0x1/0x2\n[   10.000001] Call Trace:\n"
      "[   10.000001]  spin_a+0x1/0x2\n[   10.000001]  spin_b+0x1/0x2\n";
  const std::string panic = "[   12.000000] Kernel panic - not syncing: ";
  CHECK(analyze_text(lockup, {"--known", known}).exit_code == 0);
  for (const std::string& log :
       {lockup + panic + "Hard LOCKUP\n", panic + "Watchdog detected hard LOCKUP on cpu 0\n",
        std::string("[   12.000000] ---[ end Kernel panic - not syncing: VFS: x ]---\n"),
        std::string("[   12.000000] Rebooting in 10 seconds..\n"),
        std::string("[   12.000000] ------------[ cut here ]------------\n"),
        std::string("[   12.000000]  zork_frob+0x1/0x2\n[   12.000000] zork: up\n")}) {
    CAPTURE(log);
    CHECK(analyze_text(log, {"--known", known}).exit_code == 1);
  }
}

TEST_CASE("what was lost or not believed is said, in text and JSON, and is not exit 0") {
  for (const auto& [log, words] : std::vector<std::pair<std::string, std::string>>{
           {"** 48213 printk messages dropped **\n[    1.000000] x\n", "48213 messages"},
           {"[    1.000000] x\nKernel panic - not syncing: from a program\n", "line 2"},
           {"[    1.000000]  zork_frob+0x42/0x50\n[    1.000000] x\n", "amid a stack trace"},
           {"6,0,1000,-;Linux version 6.1.0 (a) #1\n6,7,2000,-;x\n", "6 records"},
           {"6,0,1000,-;Linux version 6.1.0 (a) #1\nzork\n", "1 line is"},
           {"cut\n4,3,200,-;a\n4,4,300,-;b\n", "1 line is"},
           {" SUBSYSTEM=usb\n4,3,200,-;a\n4,90,2000,-;usb\n", "86 records"},
           {"Nov 30 06:00:00 h kernel: x\n"
            "Nov 30 06:00:00 h systemd-journald[234]: Missed 32 kernel messages\n",
            "32 messages"},
           {"make: Nothing to be done\ncc -c foo.c\n", "no kernel's log"}}) {
    CAPTURE(log);
    const util::CommandResult text = analyze_text(log),
                              json = analyze_text(log, {"--format", "json"});
    CHECK(text.exit_code == 1);
    CHECK(text.out.find(words) != std::string::npos);
    CHECK(text.out.find("no findings in what could be seen of ") != std::string::npos);
    REQUIRE(nlohmann::json::parse(json.out)["blind"].size() == 1);
    CHECK(nlohmann::json::parse(json.out)["blind"][0].get<std::string>().find(words) !=
          std::string::npos);
  }
}

TEST_CASE("a test of the kernel's own that failed is a complaint, and exit 1") {
  const util::CommandResult text = analyze_text("[    1.000000] not ok 2 check_gap\n");
  CHECK(text.exit_code == 1);
  CHECK(text.out.find("a test of the kernel's own failed: check_gap\n") == 0);
}

TEST_CASE("a log is a kernel's by any of its lines") {
  for (const char* log :
       {"[    1.000000] x\n", "usb 1-1: new high-speed USB device\n",
        "ahci 0000:00:1f.2: version 3.0\n", "EXT4-fs (vda1): mounted filesystem\n",
        "Linux version 6.1.0 (a@b) (gcc) #1 SMP\nx\n", "x\nCall Trace:\n",
        "Nov 30 06:00:00 h kernel: x\n", "kern  :info  : [Mon Nov 30 06:00:00 2026] x\n",
        "<6>[    1.000000] x\n"})
    CHECK_MESSAGE(analyze_text(log).exit_code == 0, log);
}

TEST_CASE("findings beyond those that are kept are told in JSON too") {
  std::string log;
  for (int i = 0; i < 300; ++i)
    log += "[    1.000000] kernel BUG at zork.c:1!\n[    1.000000] RIP: 0010:zork_" +
           std::to_string(i) + "+0x1/0x2\n";
  const auto document = nlohmann::json::parse(analyze_text(log, {"--format", "json"}).out);
  CHECK(document["findings"].size() == 256);
  REQUIRE(document["blind"].size() == 1);
  CHECK(document["blind"][0].get<std::string>().find("44 more reports") == 0);
}

TEST_CASE("the kmsg.log that a run leaves is understood, and so is a piece of one") {
  const std::string oops =
      "1,%,2000,-;BUG: kernel NULL pointer dereference, address: 0000000000000018\n SUBSYSTEM=pci\n"
      "1,%,2001,-;RIP: 0010:zork_frob+0x42/0x50\n1,%,2002,-;Call Trace:\n"
      "1,%,2003,-; zork_ioctl+0x9b/0x230\n12,%,2004,-;BUG: a program says so\n";
  for (const int first : {0, 4711}) {
    std::string log = oops;
    for (int seq = first; log.find('%') != log.npos; ++seq)
      log.replace(log.find('%'), 1, std::to_string(seq));
    const auto document = nlohmann::json::parse(analyze_text(log, {"--format", "json"}).out);
    REQUIRE(document["findings"].size() == 1);
    CHECK(document["findings"][0]["title"] ==
          "BUG: unable to handle kernel NULL pointer dereference in zork_frob");
    CHECK(document["blind"].empty());
    CHECK(document["notes"].size() == (first == 0 ? 0 : 1));
  }
}
