#include "run/agent_link.hpp"

#include <cstring>

#include <doctest/doctest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "util/files.hpp"

using namespace kproof;
using namespace kproof::run;

static util::Fd connect_to(const std::filesystem::path& path) {
  util::Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strcpy(address.sun_path, path.c_str());
  REQUIRE(::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  return fd;
}

static mode_t mode_of(const std::filesystem::path& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 0777;
}

TEST_CASE("with a QEMU of our own, that process is the agent's, and no other") {
  CHECK(may_be_agent({77, 1000}, 77, 1000, {}));
  CHECK_FALSE(may_be_agent({78, 1000}, 77, 1000, {}));
  CHECK_FALSE(may_be_agent({78, 0}, 77, 1000, {64055}));
}

TEST_CASE("with a daemon's, it is one of ours, of root, or of the user that runs QEMU") {
  CHECK(may_be_agent({78, 1000}, 0, 1000, {}));
  CHECK(may_be_agent({78, 0}, 0, 1000, {}));
  CHECK(may_be_agent({78, 64055}, 0, 1000, {64055}));
  CHECK_FALSE(may_be_agent({78, 1001}, 0, 1000, {64055}));
}

TEST_CASE("the socket is ours alone, unless a daemon's QEMU must reach it") {
  const util::ScratchDir dir("kproof-test-");
  const AgentLink own(dir.path() / "own"), shared(dir.path() / "shared", true);
  CHECK(mode_of(dir.path() / "own") == 0600);
  CHECK(mode_of(dir.path() / "shared") == 0666);
}

TEST_CASE("of a process that is not QEMU nothing is read, and it is told") {
  const util::ScratchDir dir("kproof-test-");
  const std::string bytes = agent::encode({agent::Type::heartbeat, 1, "1"});
  for (const bool is_qemu : {true, false}) {
    AgentLink link(dir.path() / "agent");
    link.expect(is_qemu ? ::getpid() : ::getpid() + 1);
    const util::Fd peer = connect_to(dir.path() / "agent");
    REQUIRE(::write(peer.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
    link.receive();
    CHECK(link.decoder().next().has_value() == is_qemu);
    CHECK(link.intruder().empty() == is_qemu);
  }
}

TEST_CASE("what a guest takes late is sent late, whole and in order") {
  const util::ScratchDir dir("kproof-test-");
  AgentLink link(dir.path() / "agent");
  link.expect(::getpid());
  const util::Fd peer = connect_to(dir.path() / "agent");
  link.receive();
  const std::string piece(100000, 'x');
  std::size_t sent = 0;
  for (; !(link.events() & POLLOUT); ++sent)
    link.send(agent::Type::input, piece);
  agent::Decoder decoder;
  std::string buffer(1 << 16, ' ');
  for (std::size_t arrived = 0; arrived < sent; link.flush()) {
    const ssize_t n = ::read(peer.get(), buffer.data(), buffer.size());
    REQUIRE(n > 0);
    decoder.feed({buffer.data(), static_cast<std::size_t>(n)});
    for (; const auto frame = decoder.next(); ++arrived)
      CHECK(frame->payload == piece);
    REQUIRE(decoder.error() == "");
  }
  CHECK(link.events() == POLLIN);
}
