#include "base/coprocess.h"

#include <gmock/gmock.h>

#include <csignal>
#include <filesystem>

#include "base/temporary_folder.h"

namespace quantrail {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

constexpr milliseconds kPatience{20000};

class CoprocessTest : public ::testing::Test {
 protected:
  void SetUp() override { std::signal(SIGPIPE, SIG_IGN); }
  void TearDown() override { std::signal(SIGPIPE, SIG_DFL); }
  static std::unique_ptr<Coprocess> running(const std::string& command) {
    auto made = Coprocess::start(command, "/");
    EXPECT_TRUE(made.has_value()) << made.error().message;
    return std::move(*made);
  }
  static std::string refusal(const std::string& command, milliseconds patience = kPatience) {
    const auto answer = running(command)->asked("x", patience);
    return answer ? "answered " + *answer : answer.error().message;
  }
};

TEST_F(CoprocessTest, AnswersEachLineWithALine) {
  const auto echo = running("while read -r line; do echo \"$PWD $line\"; done");
  EXPECT_EQ(echo->asked("a b", kPatience).value(), "/ a b");
  EXPECT_EQ(echo->asked("", kPatience).value(), "/ ");
  EXPECT_EQ(echo->asked("c", kPatience).value(), "/ c");
}

TEST_F(CoprocessTest, TakesNoLineThatNobodyAskedForAsAnAnswer) {
  const auto eager = running("while read -r line; do printf '1\\n2\\n'; done");
  EXPECT_EQ(eager->asked("x", kPatience).value(), "1");
  const auto second = eager->asked("x", kPatience);
  ASSERT_FALSE(second.has_value()) << *second;
  EXPECT_THAT(second.error().message, HasSubstr("wrote more than it was asked for, exactly one line for each line"));
}

TEST_F(CoprocessTest, SaysHowItEnded) {
  EXPECT_EQ(refusal("exit 7"), "exit 7: ended with 7 instead of answering");
  EXPECT_THAT(refusal("no-such-program-anywhere"), HasSubstr("ended with 127"));
  EXPECT_THAT(refusal("read -r line; printf half"), HasSubstr("ended with 0"));
}

TEST_F(CoprocessTest, MayFinishWhenNothingIsLeftToRead) {
  const auto folder = TemporaryFolder::made("quantrail-test");
  ASSERT_TRUE(folder);
  const auto file = folder->path() / "last words";
  const std::string last = "sleep 0.1; echo done > '" + file.string() + "'";
  (void)running("while read -r line; do echo 1; done; " + last)->asked("x", kPatience);
  EXPECT_TRUE(std::filesystem::exists(file));
}

TEST_F(CoprocessTest, EndsThoughItWillNot) {
  EXPECT_TRUE(running("trap '' TERM; read -r line; echo 1; while :; do sleep 1; done")->asked("x", kPatience));
}

TEST_F(CoprocessTest, GivesUpOnSilenceAndOnNoise) {
  EXPECT_THAT(refusal("sleep 100", milliseconds(50)), HasSubstr("sleep 100: no answer within"));
  EXPECT_THAT(refusal("yes | tr -d '\\n'"), HasSubstr("an answer of more than 1 MiB"));
}

}  // namespace
}  // namespace quantrail
