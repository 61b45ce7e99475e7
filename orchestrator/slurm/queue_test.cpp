#include "slurm/queue.hpp"

#include <doctest/doctest.h>

using namespace kproof::slurm;

TEST_CASE("squeue's lines are tasks, and all else among them is not") {
  const auto tasks = parse_squeue(
      "slurm_load_jobs error: something\n"
      "17|17|RUNNING|None|n1\n"
      "18|18_0|PENDING|Dependency|\n"
      "18|18_1|COMPLETED|None|n1\n"
      "18|18_2|NODE_FAIL|None|n2\n"
      "nonsense|x\n"
      "19|19_3|COMPLETING|None|n2");
  REQUIRE(tasks.size() == 3);
  CHECK(tasks[0].job == "17");
  CHECK(tasks[0].node == "n1");
  CHECK(tasks[1].task == "18_0");
  CHECK(tasks[1].reason == "Dependency");
  CHECK(told(tasks) == "2 running, 1 waiting (Dependency)");
  CHECK(parse_squeue("").empty());
  CHECK(told({}) == "none");
}

TEST_CASE("a task that waits for a person is told from one that waits for its turn") {
  const auto held = [](const char* state, const char* reason) {
    return is_held({"1", "1_0", state, reason, ""});
  };
  CHECK(held("PENDING", "launch failed requeued held"));
  CHECK(held("PENDING", "JobHeldAdmin"));
  CHECK(held("PENDING", "DependencyNeverSatisfied"));
  CHECK(held("REQUEUE_HOLD", "None"));
  CHECK_FALSE(held("PENDING", "Resources"));
  CHECK_FALSE(held("PENDING", "BeginTime"));
  CHECK_FALSE(held("RUNNING", "held"));
}

TEST_CASE("sbatch --parsable names the job") {
  CHECK(job_in("17\n") == "17");
  CHECK(job_in("17;cluster\n") == "17");
  CHECK(job_in("17") == "17");
  CHECK(job_in("") == "");
  CHECK(job_in("sbatch: error") == "");
}
