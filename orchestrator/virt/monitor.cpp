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

void Monitor::ask(std::string command, std::shared_ptr<util::Fd> file) {
  add({.command = std::move(command), .file = std::move(file)});
}

void Monitor::dump_memory(std::string file, bool compressed) {
  add({.dump = std::move(file), .compressed = compressed});
}

void Monitor::add(Request request) {
  const std::lock_guard lock(mutex_);
  requests_.push_back(std::move(request));
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

static std::string error_answer() {
  const nlohmann::json error{{"error", {{"desc", virGetLastErrorMessage()}}}};
  return error.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

static std::string answer_to(virDomainPtr domain, const std::string& command,
                             const util::Fd* file) {
  char* text = nullptr;
  int fd = file ? file->get() : -1;
  const int result = file ? virDomainQemuMonitorCommandWithFiles(domain, command.c_str(), 1, &fd,
                                                                 nullptr, nullptr, &text, 0)
                          : virDomainQemuMonitorCommand(domain, command.c_str(), &text, 0);
  if (result != 0) return error_answer();
  std::string answer = text;
  std::free(text);
  return answer;
}

static std::string dump(virDomainPtr domain, const std::string& file, bool compressed) {
  const unsigned format =
      compressed ? VIR_DOMAIN_CORE_DUMP_FORMAT_KDUMP_ZLIB : VIR_DOMAIN_CORE_DUMP_FORMAT_RAW;
  const int result =
      virDomainCoreDumpWithFormat(domain, file.c_str(), format, VIR_DUMP_MEMORY_ONLY);
  return result == 0 ? R"({"return": {}})" : error_answer();
}

void Monitor::serve(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (asked_.wait(lock, stop, [this] { return !requests_.empty(); })) {
    const Request request = std::move(requests_.front());
    requests_.pop_front();
    lock.unlock();
    std::string answer = request.dump.empty()
                             ? answer_to(domain_.get(), request.command, request.file.get())
                             : dump(domain_.get(), request.dump, request.compressed);
    lock.lock();
    answers_.push_back(std::move(answer));
    ::eventfd_write(fd_.get(), 1);
  }
}

}  // namespace kproof::virt
