#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

#include "runtime/plan_check.h"

namespace quantrail::testing {
namespace {

/// Exit code of this program's plan tests in a process whose oneDNN may use `isa` at most.
int plan_tests_on(const char* isa) {
  const pid_t child = fork();
  if (child == 0) {
    setenv("ONEDNN_MAX_CPU_ISA", isa, 1);
    unsetenv("GTEST_OUTPUT");
    std::array<char*, 4> arguments{const_cast<char*>("runtime_tests"),
                                   const_cast<char*>("--gtest_filter=*PlanConv.Codes*:PlanQuantized.RunsA*"),
                                   const_cast<char*>("--gtest_brief=1"), nullptr};
    execv("/proc/self/exe", arguments.data());
    _exit(127);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// Older processors, as far as this one can play them: without int8 products (simulated in float), and with them.
class PlanIsa : public ::testing::TestWithParam<const char*> {};

TEST_P(PlanIsa, GivesTheSameCodes) { EXPECT_EQ(plan_tests_on(GetParam()), 0); }

INSTANTIATE_TEST_SUITE_P(Older, PlanIsa, ::testing::Values("AVX2", "AVX2_VNNI", "AVX512_CORE", "AVX512_CORE_VNNI"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace quantrail::testing
