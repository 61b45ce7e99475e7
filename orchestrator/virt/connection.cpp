#include "virt/connection.hpp"

#include <array>
#include <cstdlib>
#include <optional>

#include <fmt/format.h>
#include <grp.h>
#include <libvirt/libvirt-qemu.h>
#include <pwd.h>
#include <unistd.h>

#include "util/files.hpp"
#include "virt/cpu_models.hpp"
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
  static Mailroom& room(void* reference) {
    return **static_cast<std::shared_ptr<Mailroom>*>(reference);
  }
  static void* refer_to(const std::shared_ptr<Mailroom>& room) {
    return new std::shared_ptr<Mailroom>(room);
  }
  static void give_back(void* reference) noexcept {
    delete static_cast<std::shared_ptr<Mailroom>*>(reference);
  }
  static int lifecycle(virConnectPtr, virDomainPtr domain, int event, int, void* self) noexcept {
    const char* name = virDomainGetName(domain);
    if (event == VIR_DOMAIN_EVENT_SHUTDOWN) room(self).post(name, {Lifecycle::shutdown});
    if (event == VIR_DOMAIN_EVENT_CRASHED) room(self).post(name, {Lifecycle::crashed});
    if (event == VIR_DOMAIN_EVENT_STOPPED) room(self).post(name, {Lifecycle::stopped});
    return 0;
  }
  // libvirt's own events do not say whether a guest powered off or was reset, nor why it is paused.
  static void monitor(virConnectPtr, virDomainPtr domain, const char* event, long long, unsigned,
                      const char* details, void* self) noexcept {
    room(self).post(virDomainGetName(domain),
                    {Lifecycle::qmp, fmt::format(R"({{"event": "{}", "data": {}}})", event,
                                                 details ? details : "{}")});
  }
  static void closed(virConnectPtr, int, void* self) noexcept {
    room(self).post(nullptr, {Lifecycle::connection_lost});
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
  const fs::path cache = spec.runtime_dir / "cache";
  fs::create_directories(spec.cache_dir.empty() ? cache : spec.cache_dir);
  util::write_file_atomically(
      spec.runtime_dir / "etc/qemu.conf",
      fmt::format("stdio_handler = \"file\"\nsecurity_driver = \"none\"\ndynamic_ownership = 0\n"
                  "remember_owner = 0\nnamespaces = []\ncgroup_controllers = []\n"
                  "user = \"{}\"\ngroup = \"{}\"\nclear_emulator_capabilities = {}\n",
                  caller(false), caller(true), spec.emulator_drops_root ? 0 : 1));
  if (!fs::exists(fs::symlink_status(cache))) fs::create_directory_symlink(spec.cache_dir, cache);
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

// What tells how a guest ended, and that its CPUs were stopped (docs/interop/qmp-spec of QEMU).
static constexpr std::array kMonitorEvents{"SHUTDOWN", "RESET", "STOP"};

void Connection::subscribe() {
  const auto checked = [](int id, void* reference) {
    if (id < 0) Callbacks::give_back(reference);
    if (id < 0) throw last_error("libvirt gives no events");
    return id;
  };
  void* own = Callbacks::refer_to(mailroom_);
  lifecycle_callbacks_.push_back(checked(
      virConnectDomainEventRegisterAny(handle_.get(), nullptr, VIR_DOMAIN_EVENT_ID_LIFECYCLE,
                                       erase_type(&Callbacks::lifecycle), own,
                                       &Callbacks::give_back),
      own));
  for (const char* event : kMonitorEvents) {
    own = Callbacks::refer_to(mailroom_);
    qmp_callbacks_.push_back(checked(
        virConnectDomainQemuMonitorEventRegister(handle_.get(), nullptr, event, &Callbacks::monitor,
                                                 own, &Callbacks::give_back, 0),
        own));
  }
  if (embedded()) return;
  own = Callbacks::refer_to(mailroom_);
  watches_close_ = virConnectRegisterCloseCallback(handle_.get(), &Callbacks::closed, own,
                                                   &Callbacks::give_back) == 0;
  if (!watches_close_) Callbacks::give_back(own);
}

// Of libvirt, behind a guest that is gone: 0.2 s, and more beside a load.
static constexpr std::chrono::seconds kLongestCleanUp(15);

// The embedded driver outlives its connections: without this it would go on to call us.
void Connection::unsubscribe() noexcept {
  for (const int id : lifecycle_callbacks_)
    virConnectDomainEventDeregisterAny(handle_.get(), id);
  for (const int id : qmp_callbacks_)
    virConnectDomainQemuMonitorEventDeregister(handle_.get(), id);
  if (watches_close_) virConnectUnregisterCloseCallback(handle_.get(), &Callbacks::closed);
}

// What libvirt says of an emulator, "" of its default one, after it has asked that.
static std::string capabilities(virConnectPtr connection, const std::string& emulator,
                                model::Accel accel) {
  const char* type = accel == model::Accel::kvm ? "kvm" : "qemu";
  char* xml = virConnectGetDomainCapabilities(
      connection, emulator.empty() ? nullptr : emulator.c_str(), "x86_64", "q35", type, 0);
  if (!xml)
    throw last_error("QEMU does not answer libvirt's questions", "apt-get install qemu-system-x86");
  std::string text = xml;
  std::free(xml);
  return text;
}

std::unique_ptr<Connection> Connection::open(const ConnectSpec& spec, model::Accel accel) {
  std::unique_ptr<Connection> connection(new Connection(spec));
  std::optional<OrphanReaper::Watch> reaping;
  if (connection->embedded()) reaping.emplace(OrphanReaper::of_process());
  connection->connect();
  connection->subscribe();
  // Has every emulator asked now: ours, so that one that cannot be asked is found here and not by a
  // cell, and through the host's capabilities all others, because libvirt would do that at the
  // start of the first guest.
  const std::string known =
      capabilities(connection->handle_.get(), connection->embedded() ? spec.emulator : "", accel);
  if (connection->embedded()) std::free(virConnectGetCapabilities(connection->handle_.get()));
  if (accel == model::Accel::kvm) connection->pinned_cpu_ = virt::pinned_cpu(known);
  return connection;
}

Connection::~Connection() {
  mailroom_->wait_for_left(kLongestCleanUp);
  if (handle_) unsubscribe();
}

Guest Connection::start(const std::string& name, const std::string& xml) {
  auto events = mailroom_->open(name);
  // A QEMU that fails is told by libvirt at once, with its words.
  std::optional<OrphanReaper::Watch> reaping;
  if (embedded()) reaping.emplace(OrphanReaper::of_process());
  virDomainPtr domain =
      virDomainCreateXML(handle_.get(), xml.c_str(), embedded() ? 0 : VIR_DOMAIN_START_AUTODESTROY);
  if (!domain) {
    mailroom_->close(name);
    throw last_error("libvirt cannot start the guest");
  }
  return Guest(*this, name, domain, std::move(events));
}

void Connection::leave(const std::string& name) noexcept {
  mailroom_->leave(name);
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
