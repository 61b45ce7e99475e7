// What PID 1 does to its machine. Failures are text: the agent reports them and goes on, because
// the host decides what they mean.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kproof::guest {

void mount_filesystems();

// Lines of /kproof/modules: .ko files of the image in load order.
std::vector<std::string> module_manifest();
// "" or "module nfit: No such device". A module that is already there is no error. Parameters are
// those that the kernel's command line has for it: "kvm_amd.npt=0".
std::string load_module(const std::string& path);
// Those parameters, as finit_module() wants them: "npt=0 nested=1". Pure.
std::string module_parameters(const std::string& cmdline, const std::string& module);
// "" or why this machine has no /dev/kvm.
std::string kvm_problem();

// "" or "sysctl kernel.x: Permission denied". `name` has dots.
std::string set_sysctl(std::string name, const std::string& value);

// "" or why /proc/sysrq-trigger refused the key.
std::string press_sysrq(char key);

void write_kmsg(std::string_view line);  // at level warning, so that every console shows it
void print_console(std::string_view line);
std::string read_line(const char* path);  // first line, "" if it cannot be read
unsigned long taint();                    // /proc/sys/kernel/tainted

// Words of the command line that this kernel did not know and gave to us, its init, as arguments
// ("lockdeep") or, with a value, in the environment ("lockdeep=1"). With a blank between them.
std::string unknown_words();

[[noreturn]] void power_off();

// Pulls the machine's reset line, at the chipset's reset control register: the kernel gets no word
// in, as in a triple fault. Returns where the machine has no such register.
void reset_machine();

// Keeps this process, and all that it starts, off CPU 0; "" or why that cannot be.
std::string leave_cpu0();

// Runs on each CPU for a moment. A CPU that idles after a process keeps that one's address space
// until it runs another, and what the kernel says of a leak in it ("non-zero pgtables_bytes", "Bad
// rss-counter state") comes only then.
void visit_all_cpus();

}  // namespace kproof::guest
