// Writes garbage into the agent's own connection to kproof.
#include <string>

#include "lib/case.hpp"
#include "lib/safe.hpp"
#include "selftest/agent_port.hpp"
#include "selftest/guard.hpp"

using namespace kproof;

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "selftest/agent_port_nonsense",
      .summary = "writes garbage into the agent's own connection to kproof",
      .timeout_ms = 5000,
  };
  lib::Case test(argc, argv, description);
  selftest::only_in_a_throwaway_guest();
  test.plan(1);
  const int port = selftest::steal_agent_port();
  const std::string garbage(4096, '\xa5');
  lib::safe::write(port, garbage.data(), garbage.size());
  test.run("garbage was written", [](lib::Check&) {});
  return test.finish();
}
