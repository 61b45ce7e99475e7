#include "host/identity.hpp"

#include <algorithm>
#include <sstream>
#include <vector>

#include "util/files.hpp"
#include "util/hash.hpp"
#include "util/proc_file.hpp"
#include "util/text.hpp"

namespace kproof::host {
namespace fs = std::filesystem;

static std::string text_of(const fs::path& file) {
  return util::chomp(util::read_proc_file(file));
}

// "name=text" of each regular file there, in the order of the names.
static std::string texts_in(const fs::path& directory, const std::string& prefix) {
  std::vector<std::string> texts;
  std::error_code ignored;  // a directory that is not there has nothing to say
  for (const auto& file : fs::directory_iterator(directory, ignored))
    if (file.is_regular_file(ignored))
      texts.push_back(prefix + file.path().filename().string() + "=" + text_of(file.path()));
  std::ranges::sort(texts);
  std::string all;
  for (const std::string& text : texts)
    all += text + "\n";
  return all;
}

// These fields of the first CPU, a line each.
static std::string cpu(const fs::path& root, const std::vector<std::string>& wanted) {
  std::string found;
  std::istringstream lines(util::read_proc_file(root / "proc/cpuinfo"));
  for (std::string line; std::getline(lines, line) && !line.empty();) {
    const std::string name = line.substr(0, line.find_first_of("\t:"));
    if (std::ranges::find(wanted, name) != wanted.end()) found += line + "\n";
  }
  return found;
}

static std::string kvm_parameters(const fs::path& root) {
  std::string all;
  for (const std::string module : {"kvm", "kvm_amd", "kvm_intel"})
    all += texts_in(root / "sys/module" / module / "parameters", module + ".");
  return all;
}

// What QEMU loads for a guest of ours: the BIOS, and option ROMs for -kernel and for KVM's APIC.
static std::string firmware(const fs::path& root) {
  util::Hasher hasher;
  for (const char* directory : {"usr/share/seabios", "usr/share/qemu", "usr/share/qemu-kvm"})
    for (const char* file : {"bios-256k.bin", "linuxboot_dma.bin", "kvmvapic.bin"})
      hasher.add(util::read_if_there(root / directory / file));
  return hasher.hex();
}

Identity identity(model::Accel accel, const fs::path& root) {
  const fs::path mm = root / "sys/kernel/mm";
  Identity facts{
      {"host kernel", text_of(root / "proc/sys/kernel/osrelease") + " " +
                          text_of(root / "proc/sys/kernel/version")},
      {"CPU", cpu(root, {"vendor_id", "cpu family", "model", "model name", "stepping", "flags"})},
      {"firmware", firmware(root)}};
  if (accel == model::Accel::tcg) return facts;
  facts["kvm parameters"] = kvm_parameters(root);
  facts["microcode"] = cpu(root, {"microcode"});
  facts["CPU mitigations"] = texts_in(root / "sys/devices/system/cpu/vulnerabilities", "");
  facts["SMT"] = text_of(root / "sys/devices/system/cpu/smt/control");
  facts["transparent huge pages"] = text_of(mm / "transparent_hugepage/enabled") + " " +
                                    text_of(mm / "transparent_hugepage/defrag");
  facts["KSM"] = text_of(mm / "ksm/run");
  return facts;
}

}  // namespace kproof::host
