#include "virt/event_loop.hpp"

#include <cstdlib>

#include <libvirt/libvirt.h>

#include "virt/handles.hpp"

namespace kproof::virt {

EventLoop::EventLoop(const std::filesystem::path& log) {
  // Read once, when libvirt initialises itself; 3 is warnings and errors.
  ::setenv("LIBVIRT_LOG_OUTPUTS", ("3:file:" + log.string()).c_str(), 1);
  virSetErrorFunc(nullptr, [](void*, virErrorPtr) {});  // errors are ours to report, not stderr's
  if (virEventRegisterDefaultImpl() != 0) throw last_error("cannot start libvirt's event loop");
  waker_ = virEventAddTimeout(
      -1, [](int, void*) {}, nullptr, nullptr);
  thread_ = std::thread([this] {
    while (!stop_)
      virEventRunDefaultImpl();
  });
}

EventLoop::~EventLoop() {
  stop_ = true;
  virEventUpdateTimeout(waker_, 0);
  thread_.join();
  virEventRemoveTimeout(waker_);
}

}  // namespace kproof::virt
