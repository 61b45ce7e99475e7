// The JSON payloads of frames. Unknown keys are ignored, so that either side may add some; a
// missing or mistyped key is an error of the sender.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kproof::agent {

// The agent is up and waits for a job.
struct Hello {
  std::uint32_t protocol = 0;
  std::string release;     // uname -r
  std::string version;     // /proc/version
  std::string boot_id;     // a second hello with another one is a reboot
  std::string hypervisor;  // CPUID's signature of what runs this guest: "KVMKVMKVM", "TCGTCGTCGTCG"
};

// A guest inside: how the agent around it runs its QEMU.
struct Inner {
  std::vector<std::string> argv;   // QEMU; it connects to the two sockets below
  std::string backing;             // of its RAM: "anonymous", "thp", "hugetlb-2m", ...
  bool shared = false;             // a program around it is to map the same memory
  std::uint64_t memory = 0;        // bytes of it
  std::vector<std::string> facts;  // files to be told of while that guest lives, at its bye
};
// In argv: the file that holds its RAM, which the agent knows once it has made it.
inline constexpr std::string_view kInnerRamFile = "@RAM@";
inline constexpr std::string_view kInnerAgentSocket = "/run/kproof-inner-agent";
inline constexpr std::string_view kInnerConsoleSocket = "/run/kproof-inner-console";
inline constexpr std::string_view kInnerQmpSocket = "/run/kproof-inner-qmp";  // QEMU listens
inline constexpr std::string_view kInnerGdbSocket = "/run/kproof-inner-gdb";  // once it is told to

// Among the facts of an agent with a guest inside: what that guest's RAM is made of, as the bytes
// of a page, a blank, and the fields of smaps that prove it.
inline constexpr std::string_view kInnerRamFact = "kproof: RAM of the guest inside";
// Among the first facts of every agent: the words of its kernel's command line that this kernel did
// not know and handed to init, with a blank between them.
inline constexpr std::string_view kUnknownWordsFact = "kproof: unknown words of the command line";

// Of a terminal.
struct WindowSize {
  unsigned short rows = 24, columns = 80;
};

// A command of a user's, in the place of a case: he sees its output and gives its input, and the
// host's files are there.
struct Visit {
  bool terminal = false;  // on a pty; else its standard streams are pipes
  WindowSize size;        // of the terminal
  bool input = false;     // `input` frames come; else its input is empty
  // Tags of 9p file systems: the host's root, and the directory at `directory` of it; "": not to be
  // had, and then the command runs in the image.
  std::string root_tag, directory_tag;
  std::string directory;
  bool writable = false;  // the directory
};
// So many bytes of output may be on their way to the user, and of input to the command: who is slow
// holds up the other, and nobody's memory fills.
inline constexpr std::size_t kOutputWindow = 256 << 10, kInputWindow = 64 << 10;
inline constexpr std::size_t kInputPiece = 4096;  // bytes of an `input`, at most

// Events of the kernel that are recorded while the case runs, until something fails.
struct Trace {
  std::vector<std::string> events;  // "kvm:*", "sched:sched_switch"; a system alone is all of it
  std::vector<std::string> probes;  // functions: a kprobe at the entry of each, with its arguments
  std::uint64_t buffer = 0;         // bytes for each CPU; the oldest events give way
};
// All `trace` frames of a guest: the agent leaves out what would be more, and says so.
inline constexpr std::size_t kMostTrace = 128 << 20;
inline constexpr std::size_t kTracePiece = 64 << 10;  // bytes of one, at most
// In `trace` frames, beside names below tracefs: "events/kvm/kvm_exit/format",
// "per_cpu/cpu0/stats".
inline constexpr std::string_view kTraceSymbols = "kallsyms";

// A shell beside the case, on a terminal: programs of the image, and none of the host's files.
struct Shell {
  std::vector<std::string> argv;
  std::vector<std::pair<std::string, std::string>> environment;
  WindowSize size;
};

// What one guest is booted for.
struct Job {
  std::string nonce;              // of the canary
  std::vector<std::string> argv;  // the case: argv[0] is a path in the image
  std::vector<std::pair<std::string, std::string>> sysctls;      // "kernel.panic" -> "0"
  std::vector<std::pair<std::string, std::string>> environment;  // of the case
  bool kvm = false;  // the case, or the guest inside, needs /dev/kvm
  // The agent, the case and the guest inside stay off CPU 0, which is there beside the level's own.
  //
  // For hypervisors under TCG. QEMU 7.2 changes a word of CPU 0's state, hflags2, in the thread of
  // any CPU that restores its FPU state, without a lock (cpu_clear_ignne(), called by FXRSTOR,
  // XRSTOR and FNINIT). What CPU 0 does to it at that moment is lost: as it enters a guest,
  // HF2_NPT_MASK (that guest runs without nested paging, and dies of a triple fault); as it leaves
  // one, the same (a #VMEXIT happens twice, and the VMCB holds the hypervisor's own state) or
  // HF2_GIF_MASK (an interrupt too early, or none any more). A CPU 0 that enters no guest changes
  // nothing there.
  bool spare_cpu0 = false;
  std::vector<std::string> facts;  // files to be told of before the case starts (Facts)
  std::optional<Inner> inner;      // with it the case runs while the case inside does
  std::optional<Visit> visit;      // with it `argv` is a user's, searched in its PATH
  std::optional<Trace> trace = {};
  // Behind case_ended the agent waits for go_on before it kills what the case left, and ends.
  bool hold = false;
};

// What files of this guest say: path -> first line. One that cannot be read is left out.
using Facts = std::map<std::string, std::string>;

struct CaseEnded {
  int exit_code = 0;  // meaningful when signal == 0
  int signal = 0;
  bool aborted = false;  // we were told to abort, and killed it
  std::uint64_t duration_ms = 0;
};

struct InnerEnded {
  int exit_code = 0;  // meaningful when signal == 0
  int signal = 0;
};

// One thread of the case's session, as /proc tells of it.
struct Task {
  int pid = 0, tid = 0;
  std::string name;   // comm
  std::string state;  // "R", "S", "D", ...
  std::string wchan;  // the function it sleeps in; "" when it does not
  std::string stack;  // of the kernel, as /proc/TID/stack has it; "" where that is not to be had
  // How often it left the CPU: the same number twice, and it did not run.
  std::uint64_t switches = 0;
};

struct Examine {
  // Nobody but us can know it: what stands between its two lines in kmsg is our doing.
  std::string mark;
  std::string keys;  // for /proc/sysrq-trigger, in this order; without any no mark is made
};

struct Examined {
  std::vector<Task> tasks;
  std::vector<std::string> problems;  // what could not be done
};

// Of what was to be recorded.
struct Traced {
  std::string stopped;                // why it records no more: "not ok 3 - ..."
  std::vector<std::string> problems;  // what is not in it: functions that cannot be probed
  // Of the events asked for, those that this kernel does not have; then nothing is recorded, the
  // case does not run, and `known` has all that there are.
  std::vector<std::string> unknown, known;
};

struct Bye {
  unsigned long taint_before = 0, taint_after = 0;  // /proc/sys/kernel/tainted around the case
};

std::string to_json(const Hello& hello);
std::string to_json(const Job& job);
std::string to_json(const Facts& facts);
std::string to_json(const CaseEnded& ended);
std::string to_json(const InnerEnded& ended);
std::string to_json(const Bye& bye);
std::string to_json(const Examine& examine);
std::string to_json(const Examined& examined);
std::string to_json(const WindowSize& size);
std::string to_json(const Traced& traced);
std::string to_json(const Shell& shell);

// Empty when the text is not what it should be; `error` then says what.
std::optional<Hello> parse_hello(std::string_view json, std::string& error);
std::optional<Job> parse_job(std::string_view json, std::string& error);
std::optional<Facts> parse_facts(std::string_view json, std::string& error);
std::optional<CaseEnded> parse_case_ended(std::string_view json, std::string& error);
std::optional<InnerEnded> parse_inner_ended(std::string_view json, std::string& error);
std::optional<Bye> parse_bye(std::string_view json, std::string& error);
std::optional<Examine> parse_examine(std::string_view json, std::string& error);
std::optional<Examined> parse_examined(std::string_view json, std::string& error);
std::optional<WindowSize> parse_size(std::string_view json, std::string& error);
std::optional<Traced> parse_traced(std::string_view json, std::string& error);
std::optional<Shell> parse_shell(std::string_view json, std::string& error);

// The canary's text, as the agent writes it to /dev/kmsg and the analyser looks for it.
std::string canary(std::string_view nonce, std::string_view which);  // which: "begin" or "end"

// The text of the two lines around what our sysrq keys make the kernel print.
std::string diagnosis_mark(std::string_view mark, std::string_view which);  // "begin" or "end"

}  // namespace kproof::agent
