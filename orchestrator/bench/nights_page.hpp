// The index page of nights, for ci/page. Part of the program bench_pages.
#pragma once

#include <filesystem>
#include <string>

namespace kproof::bench {

// index.html in `directory`: the sixty nights of history/made_up.hpp, and a cell whose finding,
// since the last week, is `hostile`. Its squares lead nowhere.
void write_nights(const std::filesystem::path& directory, const std::string& hostile);

}  // namespace kproof::bench
