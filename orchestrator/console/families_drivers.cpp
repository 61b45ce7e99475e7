// What a driver calls to come and go; and the objects it does so with.
#include "console/families.hpp"

namespace kproof::console {

// Tables to read by subject, not one word a line.
// clang-format off
static constexpr const char* kFamilies[] = {
    // Object debugging.
    "debug_object", "^debug_print", "^debug_check_no_obj", "^__debug_(object|check)",
    "^activate_(debug|object)",
    // Objects of sysfs, devices of the driver core.
    "^_*kobject", "^add_uevent_var", "^sysfs_", "^dpm_sysfs",
    "^device_(del|unregister|add|initialize|register|destroy|create)$",
    "^device_create_(vargs|groups_vargs|with_groups)$",
    // Devices of a class, which their driver made and takes away again.
    "^(hwrng|hwmon_device|led_classdev|power_supply|thermal_zone_device|iio_device)_unregister$",
    "^watchdog_unregister_device$", "^tty_(port_)?unregister", "^i2c_(del|add|unregister)_",
    "^unregister_netdev", "rollback_registered",
    // Requests to a device on USB.
    "^usb_(internal_)?(control|bulk|interrupt)_msg", "^usb_start_wait_urb",
    "^usb_(kill|unlink|free)_urb"};
// clang-format on

Families driver_families() {
  return kFamilies;
}

}  // namespace kproof::console
