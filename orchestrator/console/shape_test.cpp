// What stands in front of the kernel's text, and whose the line is, in any log.
#include "console/shape.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "console/whole_log.hpp"

using namespace kproof::console;

// "%" is a number that grows, "#" two digits of a clock.
static std::string behind(const std::string& prefix, const std::vector<std::string>& lines) {
  std::string log;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    for (const char c : prefix)
      log += c == '%'   ? std::to_string(1000 + i)
             : c == '#' ? fmt::format("{:02}", i)
                        : std::string(1, c);
    log += lines[i] + "\n";
  }
  return log;
}

static const std::vector<std::string> kPrefixes = {
    "[  123.00%] ",
    "[  123.00%] [  T77] ",
    "[  123.00%][    C1] ",
    "6,%,123000%,-;",
    "6,%,123000%,-,caller=T77;",
    "6.4.0,6,%,123000%,-;",
    "> ",
    ">> ",
    "> > ",
    "| ",
    "\t",
    "    ",
    "2024-01-02T03:04:#.000001+01:00 host kernel: ",
    "2024-01-02T03:04:#.123Z ",
    "<4>1 2024-01-02T03:04:#Z host kernel - - - ",
    "[  123.00% <    0.000003>] ",
    "kern  :warn  : [  123.00%] ",
    "kern  :warn  : [Tue Jan  2 03:04:# 2024] ",
    "[Tue Jan  2 03:04:# 2024] ",
    "kernel: ",
    "Jan  2 03:04:# host kernel: ",
    "Jan  2 03:04:# host kernel[0]: ",
    "Jan  2 03:04:# 10.0.0.7 ",
    "01-02 03:04:#.123     0     0 E kernel  : ",
    "[  123.00%] (2)[77:zorkd]",
    "<4>[  123.00%]  (2)[77:zorkd] ",
    "vm1 | ",
    "[ 123.1] ",
    "03:04:# ",
    "[2024-01-02 03:04:#] ",
    "2024-01-02T03:04:#.000000  ",
    "# ",
    "% ",
    "%\t",
    "- {\"dt\": \"2024-01-02T03:04:#\", \"lvl\": \"target\", \"msg\": \"",
};

TEST_CASE("a report is named whatever stands in front of all of its lines") {
  const std::vector<std::pair<std::string, std::string>> kinds = {
      {"WARNING: CPU: 3 PID: 77 at drivers/zork/core.c:12 zork_frob+0x42/0x50",
       "WARNING in zork_frob"},
      {"BUG: kernel NULL pointer dereference, address: 0000000000000018",
       "BUG: unable to handle kernel NULL pointer dereference in zork_frob"},
      {"BUG: KASAN: slab-out-of-bounds in zork_frob+0x42/0x50",
       "KASAN: slab-out-of-bounds in zork_frob"},
      {"int3: 0000 [#1] PREEMPT SMP", "int3 in zork_frob"},
      {"Oops: 0000 [#1] SMP", "Oops in zork_frob"},
      {"INFO: task zorkd:77 blocked for more than 122 seconds.", "INFO: task hung in zork_frob"}};
  for (const std::string& prefix : kPrefixes)
    for (const auto& [header, title] : kinds) {
      CAPTURE(prefix);
      CAPTURE(header);
      std::vector<std::string> lines = {header};
      lines.insert(lines.end(), kPrintedTrace.begin(), kPrintedTrace.end());
      const Titles found = titles(behind(prefix, lines));
      REQUIRE(found.size() == 1);
      CHECK(found[0] == title);
    }
}

TEST_CASE("a line that is complete in itself is found behind any prefix") {
  for (const std::string& prefix : kPrefixes) {
    CAPTURE(prefix);
    CHECK(titles(behind(prefix,
                        {"mm/pgtable-generic.c:39: bad pud 000000008ae2d46e(84000001400008e7)"})) ==
          Titles{"bad pud"});
    CHECK(titles(
              behind(prefix, {"irq 16: nobody cared (try booting with the \"irqpoll\" option)"})) ==
          Titles{"irq: nobody cared"});
  }
}

TEST_CASE("what programs say of themselves or quote is no finding, and hides nothing") {
  for (const char* line :
       {"Jan  2 03:04:05 h zorkd[77]: BUG: soft lockup - CPU#3 stuck for 22s! [zorkd:77]",
        "2024-01-02T03:04:05.1+01:00 h systemd[1]: Kernel panic - not syncing: watchdog",
        "[   12.345678] host zorkd[77]: BUG: soft lockup - CPU#3 stuck for 22s!",
        "user  :notice: [   12.345678] BUG: soft lockup - CPU#3 stuck for 22s!",
        "12,5,12345678,-;BUG: soft lockup - CPU#3 stuck for 22s!",
        "+ grep -q 'Kernel panic - not syncing: watchdog' dmesg",
        "if grep -q \"general protection fault: \" \"$log\"; then",
        "    if re.search(r'BUG: soft lockup|Kernel panic - not syncing', line):",
        "\tpr_emerg(\"BUG: soft lockup - CPU#%d stuck for %us!\\n\", a);",
        "kernel/panic.c:321:\tpr_emerg(\"Kernel panic - not syncing: %s\\n\", buf);",
        " * Kernel panic - not syncing: Attempted to kill init!",
        "  - general protection fault in zork_frob", "  - Kernel panic - not syncing: VFS",
        // Programs whose tag has no number, in syslog and a journal.
        "Jan 02 10:00:00 host sudo:     root : COMMAND=/usr/bin/grep -c BUG: KASAN: out-of-bounds "
        "in f",
        "Jan 02 10:00:00 host collectd: INFO: task zorkd:77 blocked for more than 122 seconds.",
        "Jan 02 10:00:00 host monit: WARNING: CPU: 3 PID: 77 at drivers/zork/core.c:12 "
        "zork_frob+0x42/0x50",
        "Jan 02 10:00:00 host root: Kernel panic - not syncing: just a test of the alerting",
        "2023-01-02T10:00:00+01:00 host promtail: general protection fault: 0000 [#1] SMP",
        "<30>Jan  2 10:00:00 host watchdogd: BUG: soft lockup - CPU#3 stuck for 26s! [x:1]",
        // Mails, reStructuredText, a diff, a test runner, ftrace.
        "Subject: Re: BUG: KASAN: slab-out-of-bounds in zork_frob",
        "Subject: [PATCH] zork: fix Kernel panic - not syncing: VFS",
        "``BUG: soft lockup - CPU#3 stuck for 26s!`` is printed when",
        "+BUG: KASAN: slab-out-of-bounds in zork_frob",
        "10:00:00 ERROR| Kernel panic - not syncing: seen in serial log",
        "           zorkd-77      [003] d..1.   100.000001: bputs: Kernel panic - not syncing: x",
        "[  100.000001]    zorkd-77    3d..1 100us : zork_frob: BUG: soft lockup - CPU#3 stuck for "
        "26s!"}) {
    CAPTURE(line);
    const Analyzer analyzer = analyze(line + std::string("\nanother line\n"));
    CHECK(analyzer.findings().empty());
    CHECK_FALSE(analyzer.facts().panicked);
    CHECK(analyzer.facts().unbelieved == 0);
  }
}

TEST_CASE("behind a date and a host the kernel's own words are the kernel's, tagged or not") {
  for (const char* line :
       {"Jan 02 10:00:00 host kernel: Kernel panic - not syncing: x",
        "Jan 02 10:00:00 host Kernel panic - not syncing: x",
        "Jan 02 10:00:00 host watchdog: BUG: soft lockup - CPU#3 stuck for 26s! [x:1]",
        "Jan 02 10:00:00 host BUG: soft lockup - CPU#3 stuck for 26s! [x:1]",
        "Jan 02 10:00:00 host rcu: INFO: rcu_sched self-detected stall on CPU",
        "Jan 02 10:00:00 divide error: 0000 [#1] SMP",
        "Jan 02 10:00:00 Internal error: Oops: 5 [#1]",
        "Jan 02 10:00:00 host unregister_netdevice: waiting for lo to become free. Usage count = 2",
        "2023-01-02T10:00:00 host kvm_intel: vmwrite failed: field=2 val=1 err=1"})
    CHECK_MESSAGE(
        titles(line + std::string("\nRIP: 0010:f+0x1/0x2\nCall Trace:\n g+0x1/0x2\n")).size() == 1,
        line);
}

TEST_CASE("on a console with time stamps a report that is set in is a quotation, and counted") {
  const std::string stamped = "[    1.000000] zork: probed\n";
  const std::string report =
      "BUG: kernel NULL pointer dereference, address: 0000000000000018\n"
      "RIP: 0010:zork_frob+0x42/0x50\nCall Trace:\n zork_ioctl+0x9b/0x230\n";
  const auto behind = [&](const std::string& indent) {
    std::string log;
    for (std::size_t at = 0; at < report.size(); at = report.find('\n', at) + 1)
      log += indent + report.substr(at, report.find('\n', at) + 1 - at);
    return log;
  };
  for (const char* indent : {"    ", "\t", "  "}) {
    CAPTURE(indent);
    CHECK(titles(stamped + behind(indent)).empty());
    CHECK(analyze(stamped + behind(indent)).facts().unbelieved == 1);
    // Of a log that is set in as a whole, or has no time stamps, it is none.
    CHECK(titles(indent + stamped + behind(indent)).size() == 1);
    CHECK(titles(behind(indent)).size() == 1);
  }
  CHECK(titles(stamped + report).size() == 1);
  // Common words are no report's.
  CHECK(analyze(stamped + "    INFO: zorkd: started\n").facts().unbelieved == 0);
}

TEST_CASE("a banner behind a command that shows a log is no reboot") {
  const std::string boot = "[    0.000000] Linux version 6.1.0 (a) #1\n[    1.000000] Run /init\n";
  for (const std::string command :
       {"root@host:~# dmesg", "$ sudo dmesg", "user@host:/tmp$ head -30 /var/crash/1/dmesg.1",
        "[root@host ~]# journalctl -k", "# zcat /var/log/kern.log.2.gz",
        "% less old-console.txt"}) {
    CAPTURE(command);
    CHECK(titles(boot + command + "\n" + boot).empty());
    CHECK(titles(boot + command + "\n" + boot + boot) == Titles{"unexpected kernel reboot"});
  }
  for (const std::string command : {"root@host:~# ./reproducer", "# cat /sys/kernel/debug/zork",
                                    "# echo c >/proc/sysrq-trigger", "dmesg is clean",
                                    "root@host:~# grep -c zork /proc/modules"}) {
    CAPTURE(command);
    CHECK(titles(boot + command + "\n" + boot) == Titles{"unexpected kernel reboot"});
  }
}

TEST_CASE("lines around one that grep looked for are of one report with it") {
  const std::vector<std::string> task{"      Not tainted 6.16.0 #1",
                                      "task:zorkd state:D stack:0     pid:77    tgid:77 ppid:1",
                                      "Call Trace:",
                                      " <TASK>",
                                      " __schedule+0x2e5/0x7f0",
                                      " schedule+0x5e/0xd0",
                                      " zork_ioctl+0x9b/0x230 [zork]",
                                      " </TASK>"};
  const std::string header = "INFO: task zorkd:77 blocked for more than 122 seconds.\n";
  std::string of_file = "dmesg.txt:" + header, numbered = "119:" + header,
              table = "kernel,0," + header;
  int line = 0;
  for (const std::string& text : task) {
    ++line;
    of_file += "dmesg.txt-" + text + "\n";
    numbered += std::to_string(119 + line) + "-" + text + "\n";
    table += "kernel," + std::to_string(line) + "," + text + "\n";
  }
  for (const std::string& log : {of_file, numbered, table})
    CHECK_MESSAGE(titles(log) == Titles{"INFO: task hung in zork_ioctl"}, log);
}

TEST_CASE("a kernel BUG names a file or an address") {
  for (const std::string line :
       {"kernel BUG at mm/zork.c:12!", "kernel BUG at mm/zo", "kernel BUG at",
        "kernel BUG at 00000000c1a2b3c4 [verbose debug info unavailable]"})
    CHECK_MESSAGE(titles(line + "\n").size() == 1, line);
  CHECK(titles("there is no kernel BUG at all\n").empty());
}

TEST_CASE("a shape is numbers of any value and padding of any width, and the same words") {
  Shape shape;
  REQUIRE(shape.learn("vm1 [  T77] | Call Trace:"));
  CHECK(shape.prefix_of("vm1 [T12345] |  frob+0x1/0x2") == 15);
  CHECK(shape.prefix_of("vm2 [   C1] | x") == 14);
  CHECK(shape.prefix_of("host [  T77] | x") == 0);
  CHECK(shape.prefix_of("Call Trace:") == 0);
  CHECK_FALSE(shape.learn("vm1 [  T78] | Hardware name: QEMU"));
  CHECK_FALSE(shape.learn("Call Trace:"));
}
