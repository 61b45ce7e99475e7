// Takes the agent's port away while it is in use: unbinds the driver from every virtio-serial
// device. The agent's descriptor then gives ENODEV or a hang-up, and the host sees the port close.
#include "lib/case.hpp"
#include "lib/sysfs.hpp"
#include "selftest/guard.hpp"

using namespace kproof;

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "selftest/closes_agent_port",
      .summary = "takes the agent's port away while it is in use",
      .timeout_ms = 5000,
  };
  lib::Case test(argc, argv, description);
  selftest::only_in_a_throwaway_guest();
  test.plan(1);
  const std::string driver = "/sys/bus/virtio/drivers/virtio_console/";
  unsigned unbound = 0;
  for (const std::string& device : lib::sysfs::list(driver)) {
    if (device.rfind("virtio", 0) != 0) continue;
    lib::sysfs::write(driver + "unbind", device);
    ++unbound;
  }
  if (unbound == 0) lib::ktap::bail_out("%s drives no device", driver.c_str());
  test.run("the port is gone", [](lib::Check&) {});
  return test.finish();
}
