#include "system.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <vector>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "machine/cpus.hpp"

namespace kproof::guest {

void mount_filesystems() {
  struct Mount {
    const char *type, *where;
  };
  // debugfs and tracefs may be missing from a small kernel: cases that need them say so themselves.
  for (const auto& [type, where] :
       {Mount{"proc", "/proc"}, Mount{"sysfs", "/sys"}, Mount{"devtmpfs", "/dev"},
        Mount{"tmpfs", "/tmp"}, Mount{"tmpfs", "/run"}, Mount{"debugfs", "/sys/kernel/debug"},
        Mount{"tracefs", "/sys/kernel/tracing"}}) {
    ::mkdir(where, 0755);
    ::mount(type, where, type, MS_NOSUID, nullptr);
  }
  ::mkdir("/dev/shm", 01777);
  ::mount("tmpfs", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, nullptr);
}

std::vector<std::string> module_manifest() {
  std::vector<std::string> lines;
  std::ifstream manifest("/kproof/modules");
  for (std::string line; std::getline(manifest, line);)
    if (!line.empty()) lines.push_back(line);
  return lines;
}

static std::string name_of(const std::string& path) {
  const std::string file = path.substr(path.rfind('/') + 1);
  return file.substr(0, file.find(".ko"));
}

static std::string underscored(std::string name) {
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

// As modprobe does; the two spellings of a module's name are one.
std::string module_parameters(const std::string& cmdline, const std::string& module) {
  std::string parameters;
  std::istringstream words(cmdline);
  for (std::string word; words >> word;) {
    const auto dot = word.find('.');
    if (dot == std::string::npos || underscored(word.substr(0, dot)) != underscored(module))
      continue;
    parameters += (parameters.empty() ? "" : " ") + word.substr(dot + 1);
  }
  return parameters;
}

std::string unknown_words() {
  std::string words, word;
  const auto add = [&](std::istream& in) {
    while (std::getline(in, word, '\0'))
      if (word != "HOME=/" && word != "TERM=linux")  // init has them of every kernel
        words += (words.empty() ? "" : " ") + word;
  };
  std::ifstream arguments("/proc/self/cmdline"), environment("/proc/self/environ");
  std::getline(arguments, word, '\0');  // our own name
  add(arguments);
  add(environment);
  return words;
}

std::string kvm_problem() {
  if (::access("/dev/kvm", R_OK | W_OK) == 0) return "";
  std::string line;
  for (std::ifstream info("/proc/cpuinfo"); std::getline(info, line);)
    if (line.rfind("flags", 0) == 0) break;
  line += ' ';
  const bool virt =
      line.find(" svm ") != std::string::npos || line.find(" vmx ") != std::string::npos;
  return std::string("no /dev/kvm: ") +
         (virt ? "the CPU can virtualise, the kernel's KVM does not drive it"
               : "the CPU shows neither svm nor vmx");
}

std::string load_module(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const std::string parameters = module_parameters(read_line("/proc/cmdline"), name_of(path));
  const long result = fd < 0 ? -1 : ::syscall(SYS_finit_module, fd, parameters.c_str(), 0);
  const int error = errno;
  if (fd >= 0) ::close(fd);
  if (result == 0 || error == EEXIST) return "";
  return "module " + name_of(path) + ": " + std::strerror(error);
}

static int write_file(const std::string& path, std::string_view text) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) return errno;
  const ssize_t n = ::write(fd, text.data(), text.size());
  const int error = n == static_cast<ssize_t>(text.size()) ? 0 : errno;
  ::close(fd);
  return error;
}

std::string set_sysctl(std::string name, const std::string& value) {
  std::string path = name;
  std::replace(path.begin(), path.end(), '.', '/');
  const int error = write_file("/proc/sys/" + path, value);
  return error ? "sysctl " + name + ": " + std::strerror(error) : "";
}

std::string press_sysrq(char key) {
  const int error = write_file("/proc/sysrq-trigger", std::string_view(&key, 1));
  return error ? std::string("sysrq ") + key + ": " + std::strerror(error) : "";
}

// Without its newline a record stays open for a continuation: no reader sees it before the next
// one.
void write_kmsg(std::string_view line) {
  write_file("/dev/kmsg", "<4>" + std::string(line) + "\n");
}

void print_console(std::string_view line) {
  write_file("/dev/console", std::string(line) + "\r\n");
}

std::string read_line(const char* path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

unsigned long taint() {
  return std::strtoul(read_line("/proc/sys/kernel/tainted").c_str(), nullptr, 10);
}

void power_off() {
  ::sync();
  ::reboot(RB_POWER_OFF);
  for (;;)
    ::pause();  // no ACPI: the host's deadline ends it
}

// RST_CNT of Intel's ICH9, which q35 is: a hard reset of the CPUs. By the kernel's hand, as iopl(3)
// got SIGSEGV in a guest inside a guest under TCG.
void reset_machine() {
  constexpr off_t kResetControl = 0xcf9;
  constexpr char kReset = 0x02 | 0x04;
  const int port = ::open("/dev/port", O_WRONLY | O_CLOEXEC);
  if (port < 0) return;
  (void)!::pwrite(port, &kReset, 1, kResetControl);
  ::close(port);
}

std::string leave_cpu0() {
  std::vector<int> cpus = machine::allowed_cpus();
  std::erase(cpus, 0);
  if (!cpus.empty() && machine::stay_on_cpus(cpus) == 0) return "";
  return std::string("cannot leave CPU 0 to the kernel: ") +
         (cpus.empty() ? "there is no other" : std::strerror(errno));
}

void visit_all_cpus() {
  const std::vector<int> allowed = machine::allowed_cpus();
  for (const int cpu : machine::possible_cpus())
    machine::stay_on_cpus({cpu});
  if (!allowed.empty()) machine::stay_on_cpus(allowed);
}

}  // namespace kproof::guest
