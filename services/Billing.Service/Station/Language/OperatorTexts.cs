namespace Billing.Service.Station.Language;

/// <content>Accounts and keys.</content>
public static partial class Texts
{
    public static readonly Phrase Accounts = new("アカウント", "Accounts");
    public static readonly Phrase NoAccounts = new("アカウントはありません。", "There are no accounts.");
    public static readonly Phrase CreateAccount = new("アカウントを作成", "Create an account");
    public static readonly Phrase PasswordIsMade = new("パスワードは自動で作成され、一度だけ表示されます。", "The password is made up and shown once.");
    public static readonly Phrase PasswordOnce = new("{0} のパスワードです。再表示はできません。", "The password of {0}. It is not shown again.");
    public static readonly Phrase LastSignIn = new("最終ログイン", "Last sign-in");
    public static readonly Phrase CreatedAt = new("作成日時", "Created");
    public static readonly Phrase Never = new("なし", "never");
    public static readonly Phrase Yes = new("あり", "yes");
    public static readonly Phrase No = new("なし", "no");
    public static readonly Phrase RolesTitle = new("権限", "Roles");
    public static readonly Phrase ContractsSeen = new("閲覧できる契約 (お客様の権限の場合。カンマ区切り)", "Contracts that may be seen (for a customer's role; separated by commas)");
    public static readonly Phrase DepartmentsSeen = new("閲覧できる部署 (閲覧者を限定する場合。カンマ区切り)", "Departments that may be seen (to restrict a viewer; separated by commas)");
    public static readonly Phrase SessionsEnd = new("変更すると、このアカウントのログインはすべて終了します。", "With a change all sessions of the account end.");
    public static readonly Phrase LockTitle = new("ロック", "Lock");
    public static readonly Phrase Unlock = new("ロックを解除", "Unlock");
    public static readonly Phrase ResetTitle = new("パスワードと確認コード", "Password and second factor");
    public static readonly Phrase ResetPassword = new("新しいパスワードを発行", "Give another password");
    public static readonly Phrase RemoveFactor = new("確認コードの登録を解除", "Take the second factor away");
    public static readonly Phrase ApiKeys = new("APIキー", "API keys");
    public static readonly Phrase KeysText = new("プログラムがAPIを呼び出すためのキーです。キーそのものは保存されません。", "Programs call the API with keys. The keys themselves are not kept.");
    public static readonly Phrase NoKeys = new("APIキーはありません。", "There are no keys.");
    public static readonly Phrase KeyId = new("キーID", "Key");
    public static readonly Phrase Purpose = new("用途", "Purpose");
    public static readonly Phrase LastUsed = new("最終使用", "Last used");
    public static readonly Phrase ExpiresAt = new("有効期限", "Expires");
    public static readonly Phrase MakeKey = new("キーを発行", "Make a key");
    public static readonly Phrase GoodForDays = new("有効日数", "Good for so many days");
    public static readonly Phrase KeyOnce = new("キー {0} です。再表示はできません。", "The key {0}. It is not shown again.");
    public static readonly Phrase OldKeyUntil = new("以前のキーの期限", "The former key is good until");
    public static readonly Phrase RotateKey = new("キーを更新", "Rotate the key");
    public static readonly Phrase GraceHours = new("以前のキーが使える時間", "Hours for which the former key stays good");
    public static readonly Phrase RevokeKey = new("キーを失効", "Revoke the key");
    public static readonly Phrase StateOpen = new("利用可", "open");
    public static readonly Phrase StateResting = new("一時停止中", "resting");
    public static readonly Phrase StateLocked = new("ロック中", "locked");
    public static readonly Phrase StateGood = new("有効", "good");
    public static readonly Phrase StateExpired = new("期限切れ", "expired");
    public static readonly Phrase StateRevoked = new("失効", "revoked");
    public static readonly Phrase RolePipeline = new("通話記録を投入する", "delivers call records");
    public static readonly Phrase RoleFinance = new("発行、調整、訂正、返還を行う", "issues, adjusts, corrects, gives back");
    public static readonly Phrase RoleDispute = new("申立てを調査し、説明する", "explains, replays, furnishes disputes");
    public static readonly Phrase RoleAuditor = new("すべてを閲覧し、検証する", "reads everything and proves it");
    public static readonly Phrase RoleCustomerAdmin = new("お客様の管理者", "a customer's administrator");
    public static readonly Phrase RoleCustomerViewer = new("お客様の閲覧者", "a customer's viewer");
    public static readonly Phrase RoleOperator = new("アカウントとキーを管理する", "keeps accounts and keys");
}
