// Golden files: expected output that lives beside the code and is reviewed like code.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace kproof::testkit {

// Compares `actual` with the file. With KPROOF_REWRITE_GOLDEN=1 in the environment the file is
// rewritten instead, and the diff is read in review. Returns "" when equal, else a message that
// names the file, the first differing line and how to rewrite.
std::string compare_golden(const std::filesystem::path& golden, std::string_view actual);

}  // namespace kproof::testkit
