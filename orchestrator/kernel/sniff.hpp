// What is this file that somebody calls a kernel?
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace kproof::kernel {

enum class FileKind { bzimage, elf, deb, rpm, other };

struct Sniffed {
  FileKind kind = FileKind::other;
  std::string what;  // for messages: "a gzip file", "text that begins \"#!/bin/sh\""
};

// `head`: the first kibibytes of the file (at least 1024 where it has them); `size`: all of it.
Sniffed sniff(std::string_view head, std::uint64_t size);

}  // namespace kproof::kernel
