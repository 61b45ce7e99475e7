// What a driver calls to come and go; and the objects it does so with.
#include "console/families.hpp"

namespace kproof::console {

// Tables to read by subject, not one word a line.
// clang-format off
static constexpr const char* kDriversFamilies[] = {
    // Object debugging.
    "debug_object", "^debug_print", "^debug_check_no_obj", "^__debug_(object|check)",
    "^activate_(debug|object)",
    // Objects of sysfs, devices of the driver core, what they release.
    "^_*kobject", "^add_uevent_var", "^sysfs_", "^dpm_sysfs",
    "^device_(del|unregister|add|initialize|register|destroy|create|release)$",
    "^device_create_(vargs|groups_vargs|with_groups)$", "^device_(create|remove)_(bin_)?file$",
    "^(platform|cdev)_device_(add|del|unregister)$", "^device_for_each_child(_reverse)?$",
    "^devres_release_(all|group)$",
    // Devices of a class, which their driver made and takes away again.
    "^(hwrng|hwmon_device|led_classdev|power_supply|thermal_zone_device|iio_device)_unregister$",
    "^watchdog_unregister_device$", "^tty_(port_)?unregister", "^i2c_(del|add|unregister)_",
    "^__unregister_client$",
    "^unregister_netdev(ice)?($|_(many|queue))", "rollback_registered",
    // Requests to a device on USB.
    "^usb_(internal_)?(control|bulk|interrupt)_msg", "^usb_start_wait_urb",
    "^usb_(kill|unlink|free|poison)_urb", "^usb_(kill|poison|unlink)_anchored_urbs",
    "^usb_(hcd_)?submit_urb", "^dummy_urb_enqueue$"};
// clang-format on

Families driver_families() {
  return kDriversFamilies;
}

}  // namespace kproof::console
