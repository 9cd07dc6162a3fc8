#include "tui/script.h"

#include <gtest/gtest.h>

#include "tui/clipboard.h"
#include "tui/shell_text.h"

namespace quantrail::tui {
namespace {

TEST(Script, HasKeysTextAndCommands) {
  const auto script = parsed_script("# nothing\n\nDown x Ctrl-S\n\"a b\"\n:size 120x40\n:wait RUNS 4\n: \n", "s");
  ASSERT_TRUE(script) << script.error().message;
  ASSERT_EQ(script->size(), 5U);
  EXPECT_EQ(std::get<ScriptKeys>((*script)[0]).keys, (std::vector<KeyPress>{on(Key::Down), on(U'x'), control(U'S')}));
  EXPECT_EQ(std::get<ScriptKeys>((*script)[1]).keys, (std::vector<KeyPress>{on(U'a'), on(U' '), on(U'b')}));
  EXPECT_EQ(std::get<ScriptSize>((*script)[2]).size, (Size{40, 120}));
  EXPECT_EQ(std::get<ScriptWait>((*script)[3]).text, "RUNS 4");
  EXPECT_EQ(std::get<ScriptKeys>((*script)[4]).keys, (std::vector<KeyPress>{on(U':')}));
}

TEST(Script, NamesTheLineThatIsWrong) {
  for (const auto* text :
       {"Down\nfoo\n", "Down\n:size 80\n", "Down\n:size 0x4\n", "Down\n:size 80x24x3\n", "Down\n:nothing x\n",
        "Down\n:dump\n", "Down\n:clock 24:00\n", "Down\n:clock 9:05\n", "Down\n:clock 12:3x\n"}) {
    const auto script = parsed_script(text, "keys.txt");
    ASSERT_FALSE(script) << text;
    EXPECT_EQ(script.error().message.substr(0, 11), "keys.txt:2:") << script.error().message;
  }
}

TEST(Shell, GetsOneWord) {
  EXPECT_EQ(shell_quoted("maximal_drop=0.01"), "maximal_drop=0.01");
  EXPECT_EQ(shell_quoted("it's"), "'it'\\''s'");
  EXPECT_EQ(shell_quoted("a;b"), "'a;b'");
  EXPECT_EQ(shell_quoted("~"), "'~'");
  EXPECT_EQ(shell_quoted(""), "''");
}

TEST(Clipboard, SpeaksOsc52) {
  EXPECT_EQ(clipboard_sequence("4@2", "xterm"), "\033]52;c;NEAy\a");
  EXPECT_EQ(clipboard_sequence("4@", "xterm"), "\033]52;c;NEA=\a");
  EXPECT_EQ(clipboard_sequence("4", "xterm"), "\033]52;c;NA==\a");
  EXPECT_EQ(clipboard_sequence("4", "screen.xterm"), "\033P\033]52;c;NA==\a\033\\");
  EXPECT_EQ(clipboard_sequence(std::string(80'000, 'x'), "xterm"), "");
}

}  // namespace
}  // namespace quantrail::tui
