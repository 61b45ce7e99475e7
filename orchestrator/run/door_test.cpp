#include "run/door.hpp"

#include <cstring>
#include <set>

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "agent/messages.hpp"
#include "util/files.hpp"

using namespace kproof;
using namespace kproof::run;
using agent::Type;
using Json = nlohmann::json;

namespace {

// A guest of two levels that notes what is asked of it.
struct MadeUp : Room {
  Hold held;
  std::string no_shell;
  std::vector<std::string> commands, typed;
  std::vector<agent::Frame> sent;
  std::vector<Answer> answers;
  std::filesystem::path log;

  int levels() const override { return 2; }
  Json state() const override { return {{"cell", "k/l2/mm/a"}, {"why", held.why()}}; }
  Hold& hold() override { return held; }
  void ask(int, std::string command, std::shared_ptr<util::Fd>, Answer answer) override {
    commands.push_back(Json::parse(command)["arguments"].value("command-line", command));
    answers.push_back(std::move(answer));
  }
  void type(int, std::string_view bytes) override { typed.emplace_back(bytes); }
  void send(int level, Type type, const std::string& payload) override {
    sent.push_back({type, static_cast<std::uint8_t>(level), payload});
  }
  std::string why_no_shell(int) const override { return no_shell; }
  std::string why_no_qemu(int) const override { return ""; }
  std::filesystem::path console(int) const override { return log; }
};

struct House {
  util::ScratchDir dir{"kproof-test-"};
  MadeUp guest;
  Door door{dir.path() / "door-0", guest};
};

struct Socket {
  util::Fd fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  explicit Socket(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size());
    REQUIRE(::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  }
  void says(const std::string& bytes) const {
    REQUIRE(::send(fd.get(), bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
  }
  std::string hears() const {
    std::string got;
    char buffer[65536];
    for (ssize_t n; (n = ::recv(fd.get(), buffer, sizeof buffer, MSG_DONTWAIT)) > 0;)
      got.append(buffer, static_cast<std::size_t>(n));
    return got;
  }
};

// One who calls there.
struct Caller {
  House& house;
  Socket peer{house.dir.path() / "door-0"};
  std::string got;
  agent::Decoder decoder;

  Caller(House& at, const Json& request) : house(at) { says(request.dump() + "\n"); }
  void says(const std::string& bytes) {
    peer.says(bytes);
    hears();
  }
  void says(Type type, const std::string& payload) { says(agent::encode({type, 1, payload})); }
  void hears() {
    house.door.serve();
    got += peer.hears();
  }
  Json answer() {
    const std::size_t end = got.find('\n');
    REQUIRE(end != got.npos);
    const Json line = Json::parse(got.substr(0, end));
    got.erase(0, end + 1);
    return line;
  }
  // What he is shown, and how it ended, if it did.
  std::pair<std::string, bool> shown() {
    hears();
    decoder.feed(std::exchange(got, {}));
    std::pair<std::string, bool> all;
    while (const auto frame = decoder.next()) {
      if (frame->type == Type::case_stdout) all.first += frame->payload;
      all.second |= frame->type == Type::case_ended;
    }
    return all;
  }
  void hangs_up() {
    peer.fd.reset();
    house.door.serve();
  }
};

}  // namespace

TEST_CASE("only its owner may come to the door, and it is gone with the guest") {
  const util::ScratchDir dir("kproof-test-");
  MadeUp guest;
  {
    const Door door(dir.path() / "door-0", guest);
    struct stat status {};
    REQUIRE(::stat((dir.path() / "door-0").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
  }
  CHECK_FALSE(std::filesystem::exists(dir.path() / "door-0"));
}

TEST_CASE("who asks is told, who pauses and resumes changes the hold, and neither was inside") {
  House house;
  CHECK(Caller(house, {{"do", "tell"}}).answer()["cell"] == "k/l2/mm/a");
  CHECK(Caller(house, {{"do", "pause"}}).answer()["why"] == "by its user");
  CHECK(house.guest.held.cpus_stop());
  CHECK(Caller(house, {{"do", "resume"}}).answer()["why"] == "");
  CHECK_FALSE(house.guest.held.time_stops());
  CHECK(house.guest.held.visits().empty());
}

TEST_CASE("what cannot be done is refused with the reason") {
  House house;
  house.guest.no_shell = "the agent of L1 is not up yet";
  const auto refusal = [&](const Json& request) {
    return Caller(house, request).answer().value("error", "");
  };
  CHECK(refusal({{"do", "shell"}}) == "the agent of L1 is not up yet");
  CHECK(refusal({{"do", "monitor"}, {"level", 3}}) == "this guest has no level 3: it has 2");
  CHECK(refusal({{"do", "dance"}}) == "nothing is known of `dance` here");
  CHECK(refusal("tell") == "that is no JSON object");
  CHECK(refusal({{"do", 7}}) == "`do` and `level` are a text and a number");
  CHECK_FALSE(house.guest.held.time_stops());
}

TEST_CASE("the monitor answers each line, and lets go when the input and the answers end") {
  House house;
  Caller user(house, {{"do", "monitor"}, {"prompts", true}});
  user.answer();
  CHECK(house.guest.held.inside(Way::monitor));
  user.says(Type::input, "info status\ninfo re");
  user.says(Type::input, "gisters");
  user.says(Type::input, "");
  CHECK(house.guest.commands == std::vector<std::string>{"info status", "info registers"});
  house.guest.answers[0](R"({"return": "VM status: paused\r\n"})");
  CHECK(user.shown().first == "(qemu) VM status: paused\n(qemu) ");
  house.guest.answers[1](R"({"return": "RIP=0\r\n"})");
  const auto [text, ended] = user.shown();
  CHECK(text == "RIP=0\n(qemu) ");
  CHECK(ended);
  user.hangs_up();
  CHECK_FALSE(house.guest.held.time_stops());
}

TEST_CASE("an answer that comes when who asked has hung up finds nobody") {
  House house;
  Caller user(house, {{"do", "monitor"}});
  user.says(Type::input, "info status\n");
  user.hangs_up();
  REQUIRE(house.guest.answers.size() == 1);
  house.guest.answers[0](R"({"return": "VM status: paused\r\n"})");
}

TEST_CASE("the console shows its last lines and what comes, and keys go there") {
  House house;
  house.guest.log = house.dir.path() / "console.log";
  util::write_file_atomically(house.guest.log, std::string(10000, 'x') + "\nbad pud\n");
  Caller user(house, {{"do", "console"}});
  user.answer();
  const std::string shown = user.shown().first;
  CHECK(shown.size() == 4096);
  CHECK(shown.ends_with("\nbad pud\n"));
  user.says(Type::input, "t");
  CHECK(house.guest.typed == std::vector<std::string>{"t"});
}

TEST_CASE("one shell a level: its streams are relayed, and it is ended when its user hangs up") {
  House house;
  Caller user(house, {{"do", "shell"}, {"level", 2}});
  user.answer();
  CHECK(house.guest.sent.at(0).type == Type::open_shell);
  CHECK(house.guest.sent.at(0).level == 2);
  CHECK(Caller(house, {{"do", "shell"}, {"level", 2}}).answer().value("error", "") ==
        "somebody else has a shell there");
  user.says(Type::input, "ls\r");
  CHECK(house.guest.sent.at(1).payload == "ls\r");
  house.door.take(1, {Type::shell_output, 1, "of another level"});
  house.door.take(2, {Type::shell_output, 2, "files"});
  CHECK(user.shown() == std::pair(std::string("files"), false));
  user.hangs_up();
  CHECK(house.guest.sent.back().type == Type::end_shell);
  CHECK_FALSE(house.guest.held.time_stops());
}

TEST_CASE(
    "a stub is opened by a debugger's call, once, and another debugger is refused meanwhile") {
  House house;
  Caller first(house, {{"do", "gdb"}});
  REQUIRE(house.guest.answers.size() == 3);
  CHECK(house.guest.commands.back() == "gdbserver chardev:kproof-gdb");
  for (const auto& answer : std::vector(house.guest.answers))
    answer(R"({"return": {}})");
  first.hears();
  CHECK(first.answer()["socket"] == (house.dir.path() / "door-0.gdb").string());
  CHECK(Caller(house, {{"do", "gdb"}}).answer().value("error", "") == "another debugger is there");
  first.hangs_up();
  CHECK(Caller(house, {{"do", "gdb"}}).answer().contains("socket"));
  CHECK(house.guest.answers.size() == 3);
}

TEST_CASE("a QEMU that opens no stub says why") {
  House house;
  Caller user(house, {{"do", "gdb"}});
  for (const auto& answer : std::vector(house.guest.answers))
    answer(R"({"error": {"desc": "no such chardev"}})");
  user.hears();
  CHECK(user.answer().value("error", "") == "QEMU opens no gdb stub: no such chardev");
}

TEST_CASE("a debugger of a guest inside gets that stub's bytes, and none that were another's") {
  House house;
  const auto debugger_comes = [&](Caller& user) {
    house.guest.answers.back()(R"({"return": ""})");
    user.hears();
    return Socket(user.answer()["socket"].get<std::string>());
  };
  Caller first(house, {{"do", "gdb"}, {"level", 2}});
  Socket gdb = debugger_comes(first);
  gdb.says("$qSupported");
  house.door.serve();
  house.door.serve();
  CHECK(house.guest.sent.back().payload == "$qSupported");
  first.hangs_up();
  CHECK(house.guest.held.visits() == std::set<std::string>{"gdb of a guest inside"});
  CHECK(house.guest.commands.back().find("cont") != std::string::npos);

  Caller second(house, {{"do", "gdb"}, {"level", 2}});
  gdb = debugger_comes(second);
  house.door.serve();
  house.door.take(2, {Type::inner_gdb, 2, "late"});
  house.door.take(2, {Type::inner_gdb, 2, ""});
  house.door.take(2, {Type::inner_gdb, 2, "+$OK#9a"});
  house.door.serve();
  CHECK(gdb.hears() == "+$OK#9a");
}
