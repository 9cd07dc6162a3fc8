#pragma once

#include <sys/types.h>
#include <termios.h>
#include <vterm.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quantrail::testing_terminal {

struct PtyOptions {
  std::string term = "xterm-256color";
  std::string locale = "C.UTF-8";
  int rows = 24;
  int columns = 80;
  std::vector<std::string> environment{};  ///< NAME=VALUE besides
  std::string folder{};                    ///< to start in; empty: here
};

/// A program in a terminal of its own: what it sends is interpreted by libvterm, and counted.
class PtyTerminal {
 public:
  PtyTerminal(const std::vector<std::string>& arguments, const PtyOptions& options);
  ~PtyTerminal();
  PtyTerminal(const PtyTerminal&) = delete;
  PtyTerminal& operator=(const PtyTerminal&) = delete;

  /// Rows of text, trailing blanks cut.
  [[nodiscard]] std::string screen();
  /// Whether the screen came to show `text`.
  [[nodiscard]] bool sees(std::string_view text, std::chrono::milliseconds patience = std::chrono::seconds(20));
  void send(std::string_view bytes);
  void resize(int rows, int columns);
  /// Waits until nothing was sent for a while; returns the bytes since the last time.
  std::size_t settled(std::chrono::milliseconds quiet = std::chrono::milliseconds(250));
  /// Reads for that long, whatever comes; returns the bytes.
  std::size_t read_for(std::chrono::milliseconds time);
  /// The next byte's arrival, from now.
  [[nodiscard]] std::optional<std::chrono::microseconds> next_byte(std::chrono::milliseconds patience);

  [[nodiscard]] bool alternate_screen() const { return alternate_; }
  [[nodiscard]] bool cursor_visible() const { return cursor_; }
  /// Everything that was sent so far.
  [[nodiscard]] const std::string& sent() const { return sent_; }
  [[nodiscard]] termios modes() const;

  void signal(int number) const;
  /// Closes the terminal under the program.
  void hang_up();
  /// Wait status, once it has ended; nothing after `patience`.
  [[nodiscard]] std::optional<int> ended(std::chrono::milliseconds patience = std::chrono::seconds(20));
  [[nodiscard]] pid_t process() const { return process_; }

 private:
  struct FreeTerminal {
    void operator()(VTerm* terminal) const { vterm_free(terminal); }
  };
  static int on_property(VTermProp property, VTermValue* value, void* self);
  /// Feeds what is there, waiting at most so long for it; false: nothing came.
  bool feed(std::chrono::milliseconds wait);

  int master_ = -1;
  pid_t process_ = -1;
  std::optional<int> status_{};
  std::unique_ptr<VTerm, FreeTerminal> terminal_{};
  VTermScreen* screen_ = nullptr;
  int rows_;
  int columns_;
  bool alternate_ = false;
  bool cursor_ = true;
  std::string sent_{};
  std::size_t counted_ = 0;
};

}  // namespace quantrail::testing_terminal
