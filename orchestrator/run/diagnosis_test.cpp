#include "run/diagnosis.hpp"

#include <doctest/doctest.h>

using namespace kproof;
using namespace kproof::run;
using namespace std::chrono_literals;
using model::HangKind;

namespace {

const std::string kOk = R"({"return": {}})";

std::string registers(const char* flags, int halted) {
  return R"({"return": "CPU#0\r\nRIP=ffffffff81000010 RFL=)" + std::string(flags) +
         " CPL=0 HLT=" + std::to_string(halted) + R"(\r\n"})";
}

// A guest under a clock that the test turns, whose QEMU answers as the test says.
struct Guest {
  Time now{};
  Diagnosis book;
  std::vector<std::string> asked;  // commands, "type: l", "agent: lwmt"
  std::string flags = "00000246";
  int halted = 1;
  bool monitor = true, sysrq = true, nmi = true;
  std::string refuses;  // the command that QEMU has an error for

  explicit Guest(DiagnosisSetup setup) : book(with_times(std::move(setup)), now) {}
  static DiagnosisSetup with_times(DiagnosisSetup setup) {
    setup.times = diagnosis_times(10s);
    return setup;
  }
  void answer(const std::string& command) {
    if (!monitor) return;
    if (!refuses.empty() && command.find(refuses) != command.npos)
      return book.on_reply(R"({"error": {"class": "GenericError", "desc": "no"}})", now);
    const bool look = command.find("info registers") != command.npos;
    book.on_reply(look ? registers(flags.c_str(), halted) : kOk, now);
    if (nmi && command.find("inject-nmi") != command.npos)
      book.on_console("[9.0] CPU: 0 PID: 7 Comm: x\n[9.0] RIP: 0010:spin+0x1/0x2\n", now);
  }
  // Until nothing more is asked.
  void serve() {
    for (auto asks = book.take_asks(); !asks.empty(); asks = book.take_asks())
      for (const Ask& ask : asks)
        serve(ask);
  }
  void serve(const Ask& ask) {
    {
      if (const auto* monitor_asked = std::get_if<AskMonitor>(&ask)) {
        asked.push_back(monitor_asked->command);
        answer(monitor_asked->command);
      } else if (const auto* text = std::get_if<TypeText>(&ask)) {
        asked.push_back("type: " + text->text);
        if (sysrq) book.on_console("[9.0] sysrq: Show something\n", now);
      } else if (const auto* dump = std::get_if<DumpMemory>(&ask)) {
        asked.push_back("dump: " + dump->file);
        answer(asked.back());
      } else {
        const auto& wanted = std::get<AskAgent>(ask).what;
        asked.push_back("agent: " + wanted.keys);
        book.on_examined({{{.pid = 70, .tid = 70, .name = "case", .state = "S", .wchan = "pause"}}},
                         now);
      }
    }
  }
  // Until it is over; each turn is as long as it may be.
  void runs() {
    for (int turn = 0; turn < 200 && !book.over(); ++turn) {
      serve();
      if (book.over()) break;
      now = std::max(now, book.next_deadline());
      book.on_tick(now);
    }
    REQUIRE(book.over());
  }
  bool did(std::string_view what) const {
    return std::ranges::any_of(
        asked, [&](const std::string& text) { return text.find(what) != text.npos; });
  }
};

DiagnosisSetup silent() {
  return {.hello = true, .ping = "not answered", .console = "/c", .input = "/fifo"};
}

}  // namespace

TEST_CASE("1: a kernel that spins with interrupts off is looked at, asked, and made to say where") {
  Guest guest(silent());
  guest.flags = "00000006";
  guest.halted = 0;
  guest.sysrq = false;
  guest.runs();
  CHECK(guest.book.hang().kind == HangKind::irqs_off);
  CHECK(guest.book.hang().reason == "CPU 0 spins with interrupts off in spin+0x1/0x2");
  CHECK(guest.asked.front().find("query-status") != std::string::npos);
  CHECK(guest.asked.back().find("inject-nmi") != std::string::npos);
  CHECK(guest.did("chardev-change"));
  CHECK(guest.did("type: l"));
  CHECK(!guest.did("type: w"));
  CHECK(!guest.did("agent"));
}

TEST_CASE("1: a kernel that answers sysrq is not made to panic") {
  Guest guest(silent());
  guest.runs();
  CHECK(guest.book.hang().kind == HangKind::cpus_idle);
  for (const char* key : {"type: l", "type: w", "type: m", "type: t"})
    CHECK(guest.did(key));
  CHECK(!guest.did("inject-nmi"));
  CHECK(guest.book.hang().missing.empty());
  CHECK(!guest.book.qemu_is_mute());
  CHECK(guest.book.log().find("== sysrq w: blocked tasks ==\n[9.0] sysrq: Show something\n") !=
        std::string::npos);
}

TEST_CASE("1: an agent that answers is asked, twice, and the serial line is left alone") {
  auto setup = silent();
  setup.agent_answers = true;
  Guest guest(setup);
  guest.runs();
  CHECK(guest.book.hang().kind == HangKind::waits);
  CHECK(guest.asked.front() == "agent: ");
  CHECK(guest.did("agent: lwmt"));
  CHECK(!guest.did("chardev"));
  CHECK(!guest.did("inject-nmi"));
}

TEST_CASE("1: a guest inside is told to print all, and typed to without a detour") {
  auto setup = silent();
  setup.level = 2;
  setup.input.clear();
  Guest guest(setup);
  guest.runs();
  CHECK(guest.did("type: 9"));
  CHECK(!guest.did("chardev-change"));
  CHECK(guest.book.hang().level == 2);
}

TEST_CASE("1: memory is dumped only if that is wanted, and before the NMI") {
  auto setup = silent();
  setup.dump = "/out/memory.elf";
  Guest guest(setup);
  guest.sysrq = false;
  guest.runs();
  CHECK(guest.asked[guest.asked.size() - 2] == "dump: /out/memory.elf");
  CHECK(guest.did("inject-nmi"));
}

TEST_CASE("1: a CPU that KVM keeps in HLT is found out by its last instruction") {
  Guest guest(silent());
  guest.halted = 0;
  guest.runs();
  CHECK(guest.did("x /1xb 0xffffffff8100000f"));
  CHECK(guest.book.hang().kind == HangKind::cpu_busy);  // that byte was not told
}

TEST_CASE("1: where the kernel does not say where it is, its symbols do") {
  DiagnosisSetup setup{.hello = true};
  setup.address_names = [](std::uint64_t address) {
    return address == 0xffffffff81000010 ? "spin+0x10/0x20" : "";
  };
  Guest guest(setup);
  guest.flags = "00000046";
  guest.halted = 0;
  guest.sysrq = guest.nmi = false;
  guest.runs();
  CHECK(guest.book.hang().reason == "CPU 0 spins with interrupts off in spin+0x10/0x20");
}

TEST_CASE("2: a monitor that does not answer once is not asked again, and that is said") {
  Guest guest(silent());
  guest.monitor = false;
  guest.runs();
  CHECK(guest.asked.size() == 1);
  CHECK(guest.book.qemu_is_mute());
  CHECK(guest.book.hang().kind == HangKind::unknown);
  CHECK(guest.book.hang().missing.front() ==
        "QEMU's state (query-status): QEMU's monitor did not answer");
  CHECK(guest.book.hang().missing.back() == "NMI (inject-nmi): QEMU's monitor does not answer");
}

TEST_CASE(
    "2: what QEMU refuses is said in its words, and a console without input is not typed to") {
  Guest guest(silent());
  guest.refuses = "chardev-change";
  guest.runs();
  CHECK(!guest.did("type:"));
  CHECK(guest.did("inject-nmi"));
  CHECK(guest.book.log().find("== sysrq l: backtraces of all CPUs ==\nnot collected: nothing can "
                              "be typed into the console: no\n") != std::string::npos);
}

TEST_CASE("2: a guest that ends meanwhile is judged by what was collected until then") {
  Guest guest(silent());
  guest.book.on_gone(guest.now);
  REQUIRE(guest.book.over());
  CHECK(guest.book.hang().kind == HangKind::unknown);
  CHECK(guest.book.hang().missing.size() > 8);
}

TEST_CASE("3: a console that is never quiet does not hold it") {
  Guest guest(silent());
  const Time end = guest.now + 10s;
  while (!guest.book.over() && guest.now < end + 1s) {
    guest.serve();
    guest.now += 100ms;
    guest.book.on_console("noise\n", guest.now);
    guest.book.on_tick(guest.now);
  }
  CHECK(guest.book.over());
  CHECK(guest.now <= end + 100ms);
}

TEST_CASE("3: nobody answers anything, and it is over in its budget") {
  auto setup = silent();
  setup.agent_answers = true;
  Guest guest(setup);
  while (!guest.book.over()) {
    guest.book.take_asks();
    guest.now = guest.book.next_deadline();
    guest.book.on_tick(guest.now);
  }
  CHECK(guest.now <= Time{} + 10s);
  CHECK(guest.book.hang().kind == HangKind::unknown);
  CHECK(guest.book.hang().agent_answers);
}

TEST_CASE("events, greetings and nonsense of a monitor are no answers") {
  CHECK(!qmp::parse_reply(R"({"QMP": {"version": {}}})"));
  CHECK(!qmp::parse_reply(R"({"event": "STOP"})"));
  CHECK(!qmp::parse_reply("{"));
  CHECK(!qmp::parse_reply("[1]"));
  CHECK(qmp::parse_reply(R"({"return": "a\r\nb"})")->text == "a\nb");
  CHECK(qmp::parse_reply(R"({"error": 7})")->text == "7");
}
