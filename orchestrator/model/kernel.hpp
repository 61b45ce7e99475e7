// A kernel as a plan names it, and as it lies on the disk, ready to boot.
#pragma once

#include <filesystem>
#include <string>
#include <variant>
#include <vector>

namespace kproof::model {

struct PackageSource {
  std::string package;  // a Debian package or meta-package: "linux-image-amd64"
};
struct PathSource {
  std::filesystem::path path;  // bzImage, vmlinux, a kernel build tree, or a .deb
};

// Where the source of a kernel to build comes from.
struct SourcePackage {
  std::string package;  // Debian's: "linux-source-6.1"
  bool operator==(const SourcePackage&) const = default;
};
struct GitRevision {
  std::filesystem::path repository;
  std::string revision;  // "": HEAD, and then the work tree must be clean
  bool operator==(const GitRevision&) const = default;
};
struct Tarball {
  std::filesystem::path file;
  bool operator==(const Tarball&) const = default;
};
struct WorkTree {
  std::filesystem::path
      directory;  // its files as they are when they are asked for, committed or not
  bool operator==(const WorkTree&) const = default;
};
using SourceTree = std::variant<SourcePackage, GitRevision, Tarball, WorkTree>;
struct BuildSource {
  SourceTree tree;
  // Applied in this order: directories, quilt series, mailboxes, files, and ranges ("v6.1..mine")
  // of the git tree.
  std::vector<std::string> patches;
  std::string config = "tinyconfig";   // or "defconfig", or the path of a .config
  std::vector<std::string> fragments;  // names of shipped ones ("base"), or paths
  std::string compiler;                // "clang", "gcc-11"; "": whoever builds chooses
};

struct KernelSpec {
  std::string name;   // the key in the plan: "debian-6.1"
  std::string label;  // for tables: "Debian 6.1"
  std::variant<PackageSource, PathSource, BuildSource> source;
  std::string place;  // "plan.yaml:3:5", for messages
};

struct KernelArtifact {
  std::string name, label;          // as in the spec
  std::string release;              // uname -r: "6.1.0-56-amd64"
  std::string origin;               // for people: "linux-image-6.1.0-56-amd64 6.1.192-2"
  std::filesystem::path boot_file;  // what QEMU's -kernel gets
  bool pvh = false;                 // boot_file is an ELF vmlinux with a PVH entry, else a bzImage
  std::filesystem::path modules_dir;  // a tree that holds *.ko[.xz|.zst|.gz]; "" when there is none
  std::filesystem::path config;       // its .config; "" when unknown
  std::filesystem::path vmlinux;      // with its symbols, perhaps debug information; "" for none
  std::string identity;               // content hash: equal kernels, equal identity
};

}  // namespace kproof::model
