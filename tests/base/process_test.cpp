#include "base/process.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>

namespace quantrail {
namespace {

int code_of(const std::string& command, std::vector<std::string> environment = {}) {
  const auto child = started({.arguments = {"sh", "-c", command}, .environment = std::move(environment)});
  return child ? awaited(*child) : -1;
}

TEST(Environment, AChangedVariableIsThereOnce) {
  ASSERT_EQ(::setenv("QUANTRAIL_TEST", "of this process", 1), 0);
  ASSERT_EQ(::setenv("QUANTRAIL_TEST_TOO", "stays", 1), 0);
  const std::vector<std::string> changes{"QUANTRAIL_TEST=of the child"};
  std::vector<std::string> found;
  for (const auto& variable : environment_with(changes)) {
    if (variable.starts_with("QUANTRAIL_TEST")) found.push_back(variable);
  }
  EXPECT_THAT(found, testing::UnorderedElementsAre("QUANTRAIL_TEST=of the child", "QUANTRAIL_TEST_TOO=stays"));
  EXPECT_EQ(code_of("test \"$QUANTRAIL_TEST\" = 'of the child'", changes), 0);
}

TEST(Started, IgnoresNoSignalsThatThisProcessIgnores) {
  for (const int ignored : {SIGPIPE, SIGXFSZ}) {
    const auto before = std::signal(ignored, SIG_IGN);
    EXPECT_EQ(code_of("kill -" + std::to_string(ignored) + " $$; exit 0"), 128 + ignored);
    EXPECT_EQ(run_in_foreground({.arguments = {"sh", "-c", "kill -" + std::to_string(ignored) + " $$"}}),
              128 + ignored);
    std::signal(ignored, before);
  }
}

TEST(Started, AProgramThatIsNotThereSaysSo) {
  const auto child = started({.arguments = {"/no/such/program"}});
  ASSERT_FALSE(child);
  EXPECT_EQ(child.error().message, "/no/such/program: No such file or directory");
}

TEST(Started, ReadsAndWritesWhereItIsTold) {
  std::array<int, 2> in{};
  std::array<int, 2> out{};
  ASSERT_EQ(::pipe2(in.data(), O_CLOEXEC), 0);
  ASSERT_EQ(::pipe2(out.data(), O_CLOEXEC), 0);
  const auto child = started({.arguments = {"cat"}, .input = in[0], .output = out[1]});
  ASSERT_TRUE(child);
  ASSERT_EQ(::write(in[1], "hello", 5), 5);
  ::close(in[1]);
  EXPECT_EQ(awaited(*child), 0);
  std::array<char, 8> text{};
  EXPECT_EQ(::read(out[0], text.data(), text.size()), 5);
  EXPECT_STREQ(text.data(), "hello");
  for (const int end : {in[0], out[0], out[1]}) ::close(end);
}

TEST(RunInForeground, KeepsThisProcessAliveWhenTheTerminalInterrupts) {
  // The signal goes to both, as from a terminal; without a handler it would end this process.
  const std::string both = "kill -INT " + std::to_string(::getpid()) + "; kill -INT $$; exit 0";
  EXPECT_EQ(run_in_foreground({.arguments = {"sh", "-c", both}}), 128 + SIGINT);
}

}  // namespace
}  // namespace quantrail
