#include <gmock/gmock.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "base/temporary_folder.h"
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

/// A folder of its own in which files can be changed.
class CommandMetricFilesTest : public CommandMetricTest {
 protected:
  static void write(const std::filesystem::path& file, const std::string& text) { std::ofstream(file) << text; }
  /// Whether the metric is another one once the file has another content.
  [[nodiscard]] bool depends_on(const MetricSpec& spec, const std::string& file) const {
    write(folder.path() / file, "echo 1\n");
    const auto before = metric_of(spec)->identity();
    EXPECT_EQ(metric_of(spec)->identity(), before);
    write(folder.path() / file, "echo 2\n");
    return metric_of(spec)->identity() != before;
  }
  [[nodiscard]] MetricSpec here(const std::string& run) const {
    auto spec = command(run);
    spec.folder = folder.path();
    return spec;
  }
  TemporaryFolder folder = std::move(*TemporaryFolder::made("quantrail-command-metric-test"));
};

TEST_F(CommandMetricFilesTest, IsAnotherOnceItsScriptChanges) {
  EXPECT_TRUE(depends_on(here("sh score.sh"), "score.sh"));
  EXPECT_TRUE(depends_on(here("sh 'my score.sh'"), "my score.sh"));
  EXPECT_TRUE(depends_on(here("sh my\\ score.sh"), "my score.sh"));
  EXPECT_TRUE(depends_on(here("sh x.sh --lib=lib.sh; exit"), "lib.sh"));
  EXPECT_TRUE(depends_on(here("sh <in.sh"), "in.sh"));
  EXPECT_FALSE(depends_on(here("sh score.sh"), "lib.sh"));
}

TEST_F(CommandMetricFilesTest, IsAnotherOnceAFileThatItReadsChanges) {
  auto spec = here("sh score.sh");
  spec.files = {folder.path() / "lib.sh"};
  EXPECT_TRUE(depends_on(spec, "lib.sh"));
  spec.files.push_back(folder.path() / "gone.sh");
  const auto refused = make_metric(spec);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("gone.sh"));
}

TEST_F(CommandMetricFilesTest, NoticesAFileThatChangesWhileItIsInUse) {
  write(folder.path() / "score.sh", "while read -r f; do echo 1; done\n");
  auto spec = here("sh score.sh");
  spec.files = {folder.path() / "lib.sh"};
  write(spec.files[0], "first");
  const auto metric = metric_of(spec);
  EXPECT_THAT(metric->files(), ::testing::ElementsAre(folder.path() / "score.sh", folder.path() / "lib.sh"));
  const auto score = [&] { return metric->scored(Outputs().add<float>({1}, {0}).views(), seventh()); };
  EXPECT_TRUE(score());
  write(spec.files[0], "first");
  std::filesystem::last_write_time(spec.files[0], std::filesystem::file_time_type::clock::now());
  EXPECT_TRUE(score()) << "written again, the same";
  write(spec.files[0], "other");
  std::filesystem::last_write_time(spec.files[0], std::filesystem::file_time_type::min());
  const auto refused = score();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().cause, Cause::InvalidInput);
  EXPECT_THAT(refused.error().message, HasSubstr("lib.sh: the file was changed while it was in use"));
  std::filesystem::remove(spec.files[0]);
  EXPECT_THAT(score().error().message, HasSubstr("lib.sh"));
}

TEST_F(CommandMetricFilesTest, RefusesWhatCannotBeStarted) {
  const auto refused = [](const MetricSpec& spec) {
    const auto made = make_metric(spec);
    return made ? "made" : made.error().message;
  };
  EXPECT_THAT(refused(here("no-such-program-anywhere -x")), HasSubstr("there is no program no-such-program-anywhere"));
  EXPECT_THAT(refused(here("./score.sh")), HasSubstr("there is no program ./score.sh"));
  EXPECT_EQ(refused(here("X=1 no-such-program-anywhere")), "made");
  EXPECT_EQ(refused(here("while read -r f; do echo 1; done")), "made");
  auto nowhere = here("sh x");
  nowhere.folder /= "gone";
  EXPECT_THAT(refused(nowhere), HasSubstr("gone: no folder to run a program in"));
}

}  // namespace
}  // namespace quantrail
