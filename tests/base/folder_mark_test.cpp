#include "base/folder_mark.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>

#include "base/temporary_folder.h"

namespace quantrail {
namespace {

namespace fs = std::filesystem;

class FolderMarkTest : public testing::Test {
 protected:
  [[nodiscard]] fs::path folder(const std::string& name) const {
    fs::create_directories(place_.path() / name);
    return place_.path() / name;
  }
  /// As a process leaves it that is killed.
  [[nodiscard]] fs::path left(const std::string& name) const {
    const auto path = folder(name);
    if (const auto child = ::fork(); child == 0) {
      const FolderMark mark(path);
      ::_exit(0);
    } else {
      ::waitpid(child, nullptr, 0);
    }
    std::ofstream(path / "large") << "much";
    return path;
  }
  static void age(const fs::path& path, std::chrono::hours by) {
    for (const auto& entry : fs::directory_iterator(path))
      fs::last_write_time(entry.path(), fs::file_time_type::clock::now() - by);
  }
  TemporaryFolder place_ = *TemporaryFolder::made("quantrail-test");
};

TEST_F(FolderMarkTest, WhatAKilledProcessLeftGoesADayLater) {
  const auto old = left("a-1");
  const auto young = left("a-2");
  const auto other = left("b-1");
  for (const auto& path : {old, other}) age(path, std::chrono::hours(25));
  age(young, std::chrono::hours(23));
  remove_abandoned(place_.path(), "a-");
  EXPECT_FALSE(fs::exists(old));
  EXPECT_TRUE(fs::exists(young / "large"));
  EXPECT_TRUE(fs::exists(other / "large")) << "of another kind";
}

TEST_F(FolderMarkTest, WhatIsInUseOrWasNeverMarkedStays) {
  const auto used = folder("a-1");
  const FolderMark mark(used);
  age(used, std::chrono::hours(999));
  const auto somebodys = folder("a-2");
  std::ofstream(somebodys / "large") << "much";
  age(somebodys, std::chrono::hours(999));
  fs::create_directory_symlink(left("b-1"), place_.path() / "a-3");
  age(place_.path() / "b-1", std::chrono::hours(999));
  remove_abandoned(place_.path(), "a-");
  EXPECT_FALSE(fs::is_empty(used));
  EXPECT_TRUE(fs::exists(somebodys / "large"));
  EXPECT_TRUE(fs::exists(place_.path() / "b-1" / "large"));
}

TEST_F(FolderMarkTest, IsGoneWithItsObject) {
  const auto path = folder("a-1");
  {
    FolderMark mark(path);
    const FolderMark moved(std::move(mark));
    EXPECT_FALSE(fs::is_empty(path));
  }
  EXPECT_TRUE(fs::is_empty(path));
}

}  // namespace
}  // namespace quantrail
