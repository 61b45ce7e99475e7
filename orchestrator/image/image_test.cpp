#include "image/image.hpp"

#include <csignal>
#include <thread>

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "util/error.hpp"
#include "util/files.hpp"
#include "util/subprocess.hpp"

namespace fs = std::filesystem;
using namespace kproof;
using namespace kproof::image;

namespace {
struct Bench {
  util::ScratchDir dir{"kproof-test-"};
  fs::path images = dir.path() / "images";
  ImageSpec spec;

  Bench() {
    fs::create_directories(dir.path() / "in");
    spec = {.agent = put("agent", "the agent", 0755),
            .files = {{"/kproof/cases/mm/x", put("x", "a case", 0700)},
                      {"/kproof/job", put("job", "data", 0600)}},
            .modules = {{"zzz_first", put("zzz-first.ko", "module z", 0644)},
                        {"aaa_second", put("aaa-second.ko", "module a", 0644)}}};
  }
  fs::path put(const std::string& name, const std::string& bytes, mode_t mode) const {
    const fs::path file = dir.path() / "in" / name;
    util::write_file_atomically(file, bytes);
    ::chmod(file.c_str(), mode);
    return file;
  }
  std::string extracted(const fs::path& image, const std::string& inside) const {
    return util::run_checked(
        {.argv = {"cpio", "-i", "--quiet", "--to-stdout", "-F", image.string(), inside}});
  }
};
}  // namespace

TEST_CASE("an image holds the agent, the cases, and the modules with their load order") {
  const Bench bench;
  const auto image = make_image(bench.spec, bench.images);
  CHECK(bench.extracted(image.path(), "init") == "the agent");
  CHECK(bench.extracted(image.path(), "kproof/cases/mm/x") == "a case");
  CHECK(bench.extracted(image.path(), "kproof/modules") ==
        "/lib/modules/zzz_first.ko\n/lib/modules/aaa_second.ko\n");
  CHECK(bench.extracted(image.path(), "lib/modules/aaa_second.ko") == "module a");
  const std::string listing =
      util::run_checked({.argv = {"cpio", "-itv", "--quiet", "-F", image.path().string()}});
  CHECK(listing.find("-rwxr-xr-x   1 root     root            6") != std::string::npos);
  CHECK(listing.find("-rw-r--r--   1 root     root            4") != std::string::npos);
  CHECK(image.bytes == fs::file_size(image.path()));
  CHECK(image.path().filename() == image.identity + ".cpio");
}

TEST_CASE("equal inputs give equal bytes, wherever, whenever and under whatever umask") {
  const Bench one, two;
  const auto first = make_image(one.spec, one.images);
  for (const auto& file : fs::directory_iterator(two.dir.path() / "in"))
    fs::last_write_time(file.path(), fs::file_time_type::clock::now() - std::chrono::hours(9999));
  const fs::path here = fs::current_path();
  const mode_t umask_before = ::umask(077);
  fs::current_path("/");
  const auto second = make_image(two.spec, two.images);
  fs::current_path(here);
  ::umask(umask_before);
  CHECK(first.identity == second.identity);
  CHECK(util::read_file(first.path()) == util::read_file(second.path()));
  CHECK((fs::status(second.path()).permissions() & fs::perms::others_read) != fs::perms::none);
}

TEST_CASE("an image that exists is not written again; another input is another image") {
  const Bench bench;
  const auto first = make_image(bench.spec, bench.images);
  const auto written = fs::last_write_time(first.path());
  CHECK(make_image(bench.spec, bench.images).identity == first.identity);
  CHECK(fs::last_write_time(first.path()) == written);

  bench.put("x", "a new case", 0700);
  CHECK(make_image(bench.spec, bench.images).identity != first.identity);
  ImageSpec swapped = bench.spec;
  std::swap(swapped.modules[0], swapped.modules[1]);
  bench.put("x", "a case", 0700);
  CHECK(make_image(swapped, bench.images).identity != first.identity);
}

TEST_CASE("a draft that a killed process left is not taken for an image") {
  const Bench bench;
  fs::create_directories(bench.images);
  const fs::path name = make_image(bench.spec, bench.images).path();
  fs::rename(name, name.string() + ".0123456789abcdef.tmp");
  const auto image = make_image(bench.spec, bench.images);
  CHECK(bench.extracted(image.path(), "init") == "the agent");
  CHECK(image.path() == name);
}

TEST_CASE("a failure names the file and leaves nothing") {
  Bench bench;
  bench.spec.files.emplace_back("/gone", "/nonexistent/case");
  CHECK_THROWS_WITH_AS(make_image(bench.spec, bench.images), doctest::Contains("/nonexistent/case"),
                       HostError);
  CHECK((!fs::exists(bench.images) || fs::is_empty(bench.images)));
  bench.spec.files.back() = {"/init", bench.spec.agent};
  CHECK_THROWS_WITH_AS(make_image(bench.spec, bench.images), doctest::Contains("/init"),
                       ConfigError);
}

TEST_CASE("a disk that takes no more is told with the path, and leaves nothing") {
  const Bench bench;
  bench.put("x", std::string(4 << 20, 'x'), 0700);
  rlimit before;
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{.rlim_cur = 1 << 20, .rlim_max = before.rlim_max};
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ::setrlimit(RLIMIT_FSIZE, &small);
  CHECK_THROWS_WITH_AS(make_image(bench.spec, bench.images), doctest::Contains("cannot write"),
                       HostError);
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  CHECK(std::distance(fs::directory_iterator(bench.images), {}) == 1);  // the lock
}

TEST_CASE("several at once make one image") {
  const Bench bench;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&bench] { make_image(bench.spec, bench.images); });
  for (std::thread& thread : threads)
    thread.join();
  const auto image = make_image(bench.spec, bench.images);
  CHECK(bench.extracted(image.path(), "init") == "the agent");
  CHECK(std::distance(fs::directory_iterator(bench.images), {}) == 2);  // it and the lock
}

TEST_CASE("a segment is written once and follows the image, as the kernel unpacks it") {
  Bench bench;
  const auto plain = make_image(bench.spec, bench.images);
  const Files files{{"/usr/bin/tool", bench.put("tool", "a tool", 0755)},
                    {"/inner/2/kernel", bench.put("kernel", "a kernel", 0644)}};
  const auto segment = make_segment(files, bench.images);
  const auto written = fs::last_write_time(segment.path());
  CHECK(make_segment(files, bench.images).identity == segment.identity);
  CHECK(fs::last_write_time(segment.path()) == written);
  CHECK(bench.extracted(segment.path(), "inner/2/kernel") == "a kernel");

  bench.spec.segments = {segment};
  const auto image = make_image(bench.spec, bench.images);
  CHECK(image.identity != plain.identity);
  CHECK(image.bytes == plain.bytes + segment.bytes);
  const JoinedImage joined(image, bench.images);
  CHECK(util::read_file(joined.path()) ==
        util::read_file(plain.path()) + util::read_file(segment.path()));

  bench.put("tool", "a new tool", 0755);
  bench.spec.segments = {make_segment(files, bench.images)};
  CHECK(make_image(bench.spec, bench.images).identity != image.identity);
}

TEST_CASE(
    "a wrapped file and image are what a segment of them is, and nothing of them is written") {
  Bench bench;
  const auto inner = make_image(bench.spec, bench.images);
  const auto written = make_segment({{"/inner/initramfs", inner.path()}}, bench.images);
  const auto count = [&] { return std::distance(fs::directory_iterator(bench.images), {}); };
  const auto files = count();
  const auto by_path = wrap("/inner/initramfs", inner.path());
  const auto by_image = wrap("/inner/initramfs", inner);
  CHECK(by_path.bytes == written.bytes);
  bench.spec.segments = {by_image};
  const auto outer = make_image(bench.spec, bench.images);
  const auto around = wrap("/outer", outer);  // of several pieces
  CHECK(count() == files);

  bench.spec.segments = {};
  ImageArtifact both = make_image(bench.spec, bench.images);
  both.pieces = {inner.path()};
  for (const auto& part : {by_path, around}) {
    both.pieces.insert(both.pieces.end(), part.pieces.begin(), part.pieces.end());
    both.bytes += part.bytes;
  }
  fs::path path;
  {
    const JoinedImage joined(both, bench.images);
    path = joined.path();
    const std::string all = util::read_file(path);
    CHECK(all.substr(inner.bytes, written.bytes) == util::read_file(written.path()));
    util::write_file_atomically(bench.dir.path() / "outer.cpio",
                                all.substr(inner.bytes + written.bytes));
    const std::string content = bench.extracted(bench.dir.path() / "outer.cpio", "outer");
    CHECK(content.size() == outer.bytes);
    CHECK(content.substr(inner.bytes) == util::read_file(written.path()));
  }
  CHECK_FALSE(fs::exists(path));
}

TEST_CASE("an image of which a piece is not what it was is refused and leaves nothing") {
  Bench bench;
  const fs::path kernel = bench.dir.path() / "kernel";
  util::write_file_atomically(kernel, "a kernel");
  bench.spec.segments = {wrap("/inner/kernel", kernel)};
  const auto image = make_image(bench.spec, bench.images);
  util::write_file_atomically(kernel, "a longer kernel");
  const auto files = std::distance(fs::directory_iterator(bench.images), {});
  CHECK_THROWS_WITH_AS(JoinedImage(image, bench.images), doctest::Contains("changed"), HostError);
  CHECK(std::distance(fs::directory_iterator(bench.images), {}) == files);
}
