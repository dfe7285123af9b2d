// The language that somebody's page speaks: what they press and read is called by its English name in the stories.

/** What stands on the page for an English name. */
export type Tongue = (english: string) => string;

const VIETNAMESE: Readonly<Record<string, string>> = {
  'Accept with video': 'Trả lời bằng video',
  Back: 'Quay lại',
  'Back to all calls': 'Về danh sách cuộc gọi',
  'Call several': 'Gọi nhiều người',
  'Can I call?': 'Tôi có gọi được không?',
  'Chat': 'Trò chuyện',
  Close: 'Đóng',
  'Close chat': 'Đóng trò chuyện',
  Continue: 'Tiếp tục',
  'Delete this call': 'Xóa cuộc gọi này',
  Done: 'Xong',
  'Hang up': 'Kết thúc',
  'Hints during a call': 'Gợi ý trong cuộc gọi',
  'Join room': 'Vào phòng',
  Keep: 'Giữ lại',
  'Let in': 'Cho vào',
  Missed: 'Nhỡ',
  Microphone: 'Micrô',
  'More about Bình': 'Tùy chọn cho Bình',
  'Mute microphone': 'Tắt micrô',
  'Open chat': 'Mở trò chuyện',
  People: 'Mọi người',
  'People here': 'Mọi người ở đây',
  'Raise hand': 'Giơ tay',
  'React or raise your hand': 'Bày tỏ cảm xúc hoặc giơ tay',
  'Search by name': 'Tìm theo tên',
  Settings: 'Cài đặt',
  'Show in a small window': 'Hiện trong cửa sổ nhỏ',
  Today: 'Hôm nay',
  'Turn camera off': 'Tắt camera',
  'Voice call Bình': 'Gọi thoại cho Bình',
  'Waiting room': 'Phòng chờ',
  'Your name': 'Tên của bạn',
};

/** English as it is. */
export const english: Tongue = (name) => name;

/** Vietnamese; a name that nobody has translated yet is a mistake in the story. */
export const vietnamese: Tongue = (name) => {
  const said = VIETNAMESE[name];
  if (!said) throw new Error(`what is “${name}” in Vietnamese?`);
  return said;
};
