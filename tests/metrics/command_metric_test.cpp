#include <gmock/gmock.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "metrics/views.h"

namespace quantrail {
namespace {

using ::testing::HasSubstr;
using testing::metric_of;
using testing::Outputs;
using testing::target;

MetricSpec command(const std::string& run) {
  MetricSpec spec{.type = "command"};
  spec.run = run;
  spec.folder = "/";
  return spec;
}

/// A loop that answers each folder in $f with what `answer` prints.
MetricSpec each(const std::string& answer) { return command("while read -r f; do " + answer + "; done"); }

class CommandMetricTest : public ::testing::Test {
 protected:
  void SetUp() override { std::signal(SIGPIPE, SIG_IGN); }
  void TearDown() override { std::signal(SIGPIPE, SIG_DFL); }
  static Truth seventh() {
    Truth truth = target<std::int32_t>({2}, {8, 9});
    truth.label = 3;
    truth.sample = 7;
    return truth;
  }
  static Result<SampleScore> scored(const MetricSpec& spec) {
    return metric_of(spec)->scored(Outputs().add<float>({2, 3}, {0, 1, 2, 3, 4, 5}).views(), seventh());
  }
  static double value_of(const MetricSpec& spec) {
    const auto score = scored(spec);
    EXPECT_TRUE(score.has_value()) << score.error().message;
    return score ? score->value : -1.0;
  }
  static std::string refusal(const MetricSpec& spec) {
    const auto score = scored(spec);
    return score ? "scored" : score.error().message;
  }
};

TEST_F(CommandMetricTest, GivesTheProgramWhatThereIs) {
  EXPECT_EQ(value_of(each("tail -c 8 $f/sample.npy | od -An -td8")), 7.0);
  EXPECT_EQ(value_of(each("tail -c 8 $f/label.npy | od -An -td8")), 3.0);
  EXPECT_EQ(value_of(each("tail -c 4 $f/target.npy | od -An -td4")), 9.0);
  EXPECT_EQ(value_of(each("tail -c 4 $f/output_0.npy | od -An -tf4")), 5.0);
  EXPECT_EQ(value_of(each("ls $f | wc -l")), 4.0);
}

TEST_F(CommandMetricTest, WritesArraysThatNumPyReads) {
  EXPECT_EQ(value_of(each("head -c 6 $f/output_0.npy | tail -c 5 | grep -c NUMPY")), 1.0);
  EXPECT_EQ(value_of(each("head -c 128 $f/output_0.npy | grep -c \"'descr': '<f4', 'fortran_order': False, 'shape': "
                          "(2, 3), }\"")),
            1.0);
  EXPECT_EQ(value_of(each("stat -c %s $f/output_0.npy")), 128.0 + 24.0);
}

TEST_F(CommandMetricTest, TakesNumbersAndObjects) {
  EXPECT_EQ(value_of(each("echo -0.25")), -0.25);
  EXPECT_EQ(value_of(each("echo '{\"value\": 2e3, \"more\": 1}'")), 2000.0);
  EXPECT_EQ(value_of(each("echo true")), 1.0);
}

TEST_F(CommandMetricTest, NamesWhatIsNoAnswer) {
  EXPECT_THAT(refusal(each("echo well")), HasSubstr("answered well, a JSON number or {\"value\": number} is needed"));
  EXPECT_THAT(refusal(each("echo NaN")), HasSubstr("answered NaN"));
  EXPECT_THAT(refusal(each("echo '{\"score\": 1}'")), HasSubstr("is needed"));
  EXPECT_THAT(refusal(command("exit 3")), HasSubstr("metric \"command\": exit 3: ended with 3"));
}

TEST_F(CommandMetricTest, IsTheMeanInItsDirection) {
  auto spec = each("echo 1");
  spec.higher_is_better = false;
  const auto metric = metric_of(spec);
  EXPECT_FALSE(metric->higher_is_better());
  EXPECT_DOUBLE_EQ(metric->aggregated(std::vector<SampleScore>{{1.0}, {4.0}}), 2.5);
}

TEST_F(CommandMetricTest, IsAnotherOnceItsScriptChanges) {
  const auto folder = std::filesystem::temp_directory_path() / "quantrail-command-metric-test";
  std::filesystem::create_directories(folder);
  auto spec = command("sh score.sh");
  spec.folder = folder;
  std::ofstream(folder / "score.sh") << "echo 1\n";
  const auto before = metric_of(spec)->identity();
  EXPECT_EQ(metric_of(spec)->identity(), before);
  std::ofstream(folder / "score.sh") << "echo 2\n";
  EXPECT_NE(metric_of(spec)->identity(), before);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace quantrail
