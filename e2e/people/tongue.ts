// The language that somebody's page speaks: what they press and read is called by its English name in the stories.

/** What stands on the page for an English name. */
export type Tongue = (english: string) => string;

const VIETNAMESE: Readonly<Record<string, string>> = {
  'Accept with video': 'Trả lời bằng video',
  'Call several': 'Gọi nhiều người',
  'Can I call?': 'Tôi có gọi được không?',
  Close: 'Đóng',
  Continue: 'Tiếp tục',
  'Delete this call': 'Xóa cuộc gọi này',
  Done: 'Xong',
  'Hang up': 'Kết thúc',
  'Hints during a call': 'Gợi ý trong cuộc gọi',
  'Join room': 'Vào phòng',
  Keep: 'Giữ lại',
  Missed: 'Nhỡ',
  Microphone: 'Micrô',
  More: 'Tùy chọn',
  'More about Bình': 'Tùy chọn cho Bình',
  'Mute microphone': 'Tắt micrô',
  People: 'Mọi người',
  'People here': 'Mọi người ở đây',
  'Raise hand': 'Giơ tay',
  'React or raise your hand': 'Bày tỏ cảm xúc hoặc giơ tay',
  Settings: 'Cài đặt',
  Stay: 'Ở lại',
  Today: 'Hôm nay',
  'Turn camera off': 'Tắt camera',
  'Voice call Bình': 'Gọi thoại cho Bình',
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
