#include "virt/event_loop.hpp"

#include <libvirt/libvirt.h>

#include "virt/handles.hpp"
#include "virt/library.hpp"

namespace kproof::virt {

EventLoop::EventLoop() {
  prepare_library();
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
