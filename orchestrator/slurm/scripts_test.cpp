#include "slurm/scripts.hpp"

#include <doctest/doctest.h>

#include "testkit/golden.hpp"

using namespace kproof::slurm;
using namespace std::chrono_literals;
using kproof::testkit::compare_golden;

static Request request() {
  return {.name = "quickstart",
          .program = "/opt/kproof/bin/kproof",
          .directory = "/shared/out dir",
          .workers = 4,
          .time = 59min + 1s,
          .cpus = 2,
          .memory = (3ull << 30) + 1,
          .build_cpus = 8,
          .options = {"--partition=debug", "--comment=it's mine"}};
}

TEST_CASE("the scripts are what a user of Slurm would write") {
  CHECK(compare_golden(KPROOF_TEST_DIR "/testdata/kernels.sh", kernels_script(request())) == "");
  CHECK(compare_golden(KPROOF_TEST_DIR "/testdata/workers.sh", workers_script(request())) == "");
}

TEST_CASE("a time limit shorter than the signal's lead leaves a worker a second") {
  Request short_one = request();
  short_one.time = 1s;
  CHECK(workers_script(short_one).find("--time-limit 1s") != std::string::npos);
  CHECK(workers_script(short_one).find("--time=1\n") != std::string::npos);
}
