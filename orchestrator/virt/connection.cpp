#include "virt/connection.hpp"

#include <cstdlib>

#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include "util/files.hpp"
#include "virt/guest.hpp"
#include "virt/handles.hpp"
#include "virt/orphan_reaper.hpp"

namespace kproof::virt {
namespace fs = std::filesystem;

void Connection::CloseConnection::operator()(_virConnect* connection) const noexcept {
  virConnectClose(connection);
}

// What libvirt calls, on the event loop's thread: copy, post, nothing else.
struct Callbacks {
  static int lifecycle(virConnectPtr, virDomainPtr domain, int event, int, void* self) noexcept {
    const char* name = virDomainGetName(domain);
    auto* connection = static_cast<Connection*>(self);
    if (event == VIR_DOMAIN_EVENT_SHUTDOWN) connection->post(name, Lifecycle::shutdown);
    if (event == VIR_DOMAIN_EVENT_CRASHED) connection->post(name, Lifecycle::crashed);
    if (event == VIR_DOMAIN_EVENT_STOPPED) connection->post(name, Lifecycle::stopped);
    return 0;
  }
  static void reboot(virConnectPtr, virDomainPtr domain, void* self) noexcept {
    static_cast<Connection*>(self)->post(virDomainGetName(domain), Lifecycle::reboot);
  }
  static void closed(virConnectPtr, int, void* self) noexcept {
    static_cast<Connection*>(self)->post(nullptr, Lifecycle::connection_lost);
  }
};

static std::string caller(bool group) {
  if (group) {
    const ::group* entry = ::getgrgid(::getgid());
    return entry ? entry->gr_name : std::to_string(::getgid());
  }
  const passwd* entry = ::getpwuid(::getuid());
  return entry ? entry->pw_name : std::to_string(::getuid());
}

// The root of embedded libvirt: QEMU as the caller, no daemon to log through, no security driver,
// no cgroups, none of which exist here.
static void prepare_root(const ConnectSpec& spec) {
  // Its driver of host devices keeps state in the user's directories, and a user may have no home.
  ::setenv("XDG_RUNTIME_DIR", spec.runtime_dir.c_str(), 1);
  fs::create_directories(spec.runtime_dir / "etc");
  fs::create_directories(spec.cache_dir);
  util::write_file_atomically(
      spec.runtime_dir / "etc/qemu.conf",
      fmt::format("stdio_handler = \"file\"\nsecurity_driver = \"none\"\ndynamic_ownership = 0\n"
                  "remember_owner = 0\nnamespaces = []\ncgroup_controllers = []\n"
                  "user = \"{}\"\ngroup = \"{}\"\n",
                  caller(false), caller(true)));
  if (!fs::is_symlink(spec.runtime_dir / "cache"))
    fs::create_directory_symlink(spec.cache_dir, spec.runtime_dir / "cache");
}

void Connection::connect() {
  if (embedded()) prepare_root(spec_);
  const std::string uri =
      embedded() ? fmt::format("qemu:///embed?root={}", spec_.runtime_dir.string()) : spec_.uri;
  handle_.reset(virConnectOpen(uri.c_str()));
  if (!handle_)
    throw last_error(fmt::format("cannot open libvirt at {}", uri),
                     embedded() ? "`kproof doctor` says what is missing"
                                : "is libvirtd running? without --connect kproof needs no daemon");
}

// libvirt takes callbacks of every shape as one type and calls each as what its event id says.
template <class Function>
static virConnectDomainEventGenericCallback erase_type(Function* callback) {
  return reinterpret_cast<virConnectDomainEventGenericCallback>(
      reinterpret_cast<void (*)()>(callback));
}

void Connection::subscribe() {
  const auto to = [this](int event, auto* callback) {
    if (virConnectDomainEventRegisterAny(handle_.get(), nullptr, event, erase_type(callback), this,
                                         nullptr) < 0)
      throw last_error("libvirt gives no events");
  };
  to(VIR_DOMAIN_EVENT_ID_LIFECYCLE, &Callbacks::lifecycle);
  to(VIR_DOMAIN_EVENT_ID_REBOOT, &Callbacks::reboot);
  if (!embedded())
    virConnectRegisterCloseCallback(handle_.get(), &Callbacks::closed, this, nullptr);
}

// Has every emulator asked now: ours, so that one that cannot be asked is found here and not by a
// cell, and through the host's capabilities all others, because libvirt would do that at the start
// of the first guest.
static void probe(virConnectPtr connection, const std::string& emulator, model::Accel accel) {
  char* ours = virConnectGetDomainCapabilities(connection, emulator.c_str(), "x86_64", "q35",
                                               accel == model::Accel::kvm ? "kvm" : "qemu", 0);
  if (!ours)
    throw last_error("QEMU does not answer libvirt's questions", "apt-get install qemu-system-x86");
  std::free(ours);
  std::free(virConnectGetCapabilities(connection));
}

std::unique_ptr<Connection> Connection::open(const ConnectSpec& spec, model::Accel accel) {
  std::unique_ptr<Connection> connection(new Connection(spec));
  // From here on orphaned QEMUs are our children.
  const auto reaper = connection->reap_orphans();
  connection->connect();
  connection->subscribe();
  if (connection->embedded()) probe(connection->handle_.get(), spec.emulator, accel);
  return connection;
}

Connection::~Connection() = default;

std::unique_ptr<OrphanReaper> Connection::reap_orphans() {
  if (!embedded()) return nullptr;
  return std::make_unique<OrphanReaper>([this](pid_t pid) {
    const std::lock_guard lock(mutex_);
    return adopted_.contains(pid);
  });
}

void Connection::adopt(pid_t qemu) {
  const std::lock_guard lock(mutex_);
  adopted_.insert(qemu);
}

Guest Connection::start(const std::string& name, const std::string& xml) {
  auto events = std::make_shared<EventQueue>();
  {
    const std::lock_guard lock(mutex_);
    queues_[name] = events;
  }
  const auto reaper =
      reap_orphans();  // a QEMU that fails is told by libvirt at once, with its words
  virDomainPtr domain =
      virDomainCreateXML(handle_.get(), xml.c_str(), embedded() ? 0 : VIR_DOMAIN_START_AUTODESTROY);
  if (!domain) {
    forget(name, 0);
    throw last_error("libvirt cannot start the guest");
  }
  return Guest(*this, name, domain, std::move(events));
}

void Connection::forget(const std::string& name, pid_t qemu) noexcept {
  const std::lock_guard lock(mutex_);
  queues_.erase(name);
  adopted_.erase(qemu);
}

void Connection::post(const char* name, Lifecycle event) noexcept {
  const std::lock_guard lock(mutex_);
  for (const auto& [guest, queue] : queues_)
    if (!name || guest == name) queue->post(event);
}

static std::string dotted(unsigned long version) {
  return fmt::format("{}.{}.{}", version / 1000000, version / 1000 % 1000, version % 1000);
}

std::string Connection::uri() const {
  char* text = virConnectGetURI(handle_.get());
  const std::string uri = text ? text : "";
  std::free(text);
  return uri;
}

std::string Connection::libvirt_version() const {
  unsigned long version = 0;
  virConnectGetLibVersion(handle_.get(), &version);
  return dotted(version);
}

std::string Connection::qemu_version() const {
  unsigned long version = 0;
  return virConnectGetVersion(handle_.get(), &version) == 0 && version ? dotted(version)
                                                                       : "unknown";
}

fs::path Connection::qemu_log(const std::string& name) const {
  if (embedded()) return spec_.runtime_dir / "log/qemu" / (name + ".log");
  if (spec_.uri == "qemu:///system") return fs::path("/var/log/libvirt/qemu") / (name + ".log");
  const char* cache = std::getenv("XDG_CACHE_HOME");
  const char* home = std::getenv("HOME");
  const fs::path base = cache ? fs::path(cache) : fs::path(home ? home : "/") / ".cache";
  return base / "libvirt/qemu/log" / (name + ".log");
}

}  // namespace kproof::virt
