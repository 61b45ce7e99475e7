#include "virt/monitor.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>

#include <libvirt/libvirt-qemu.h>
#include <nlohmann/json.hpp>
#include <sys/eventfd.h>

#include "virt/guest.hpp"
#include "virt/handles.hpp"

namespace kproof::virt {

void Monitor::FreeDomain::operator()(_virDomain* domain) const noexcept {
  virDomainFree(domain);
}

static virDomainPtr another_reference(virDomainPtr domain) {
  if (virDomainRef(domain) != 0) throw last_error("libvirt gives no monitor");
  return domain;
}

Monitor::Monitor(const Guest& guest)
    : domain_(another_reference(guest.domain_.get())),
      fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!fd_) throw HostError(std::string("eventfd: ") + std::strerror(errno));
  thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
}

Monitor::~Monitor() = default;

void Monitor::ask(std::string command) {
  const std::lock_guard lock(mutex_);
  commands_.push_back(std::move(command));
  asked_.notify_one();
}

std::optional<std::string> Monitor::take() {
  const std::lock_guard lock(mutex_);
  if (answers_.empty()) {
    eventfd_t ignored;
    ::eventfd_read(fd_.get(), &ignored);
    return std::nullopt;
  }
  std::string answer = std::move(answers_.front());
  answers_.pop_front();
  return answer;
}

static std::string answer_to(virDomainPtr domain, const std::string& command) {
  char* text = nullptr;
  if (virDomainQemuMonitorCommand(domain, command.c_str(), &text, 0) == 0) {
    std::string answer = text;
    std::free(text);
    return answer;
  }
  const nlohmann::json error{{"error", {{"desc", virGetLastErrorMessage()}}}};
  return error.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void Monitor::serve(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (asked_.wait(lock, stop, [this] { return !commands_.empty(); })) {
    const std::string command = std::move(commands_.front());
    commands_.pop_front();
    lock.unlock();
    std::string answer = answer_to(domain_.get(), command);
    lock.lock();
    answers_.push_back(std::move(answer));
    ::eventfd_write(fd_.get(), 1);
  }
}

}  // namespace kproof::virt
